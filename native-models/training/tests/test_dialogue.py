import sys
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tokenizer as words
import wording
from dialogue import DECISION, IGNORED, REPLY, VERDICT, Recipe, build, judgement, question, schedule
from tokenizer import ASSISTANT, BOS, EOS, SILENT, USER

PLAIN = Recipe(plain=1, keep_silent=1, questions=0, midway=0, spoil=0)
STATE = {'blank': False, 'dialog': None, 'front': 'editor', 'open': ['editor', 'terminal']}
MENU = 'A menu was opened.'


def stream(actions: list[str], events: list[tuple[float, str, str]]) -> dict:
    return {'actions': actions, 'events': [[t, kind, None, text] for t, kind, text in events], 'states': [STATE] * len(actions)}


class DialogueTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tokenizer = words.train(wording.corpus())

    def build(self, source: dict, recipe: Recipe, seed: int = 0):
        return build(source, self.tokenizer, np.random.default_rng(seed), recipe, [('menu-opened', None)])

    def test_layout_and_targets(self):
        sequence = self.build(stream(['encode', 'still', 'encode'], [(0.5, 'menu-opened', MENU)]), PLAIN)
        text = self.tokenizer.encode(MENU).ids
        head = sequence.tokens.index(-1)
        self.assertEqual(sequence.tokens[:2], [BOS, USER])
        self.assertEqual(sequence.tokens[head:], [-1] * 20 + [ASSISTANT, *text, EOS] + [-1] * 10)
        nothing = [IGNORED] * 9
        self.assertEqual(sequence.targets[:head], [IGNORED] * head)
        self.assertEqual(sequence.targets[head:], [*nothing, SILENT, *nothing, ASSISTANT, *text, EOS, IGNORED, *nothing, SILENT])
        self.assertEqual(sequence.kinds.count(DECISION), 3)
        self.assertEqual(sequence.kinds.count(REPLY), len(text) + 1)
        self.assertEqual((sequence.rows, sequence.still), ([0, 0, 1], [False, True, False]))

    def test_skipped_frames_are_not_fed(self):
        sequence = self.build(stream(['encode', 'still', 'skip', 'encode'], []), PLAIN)
        self.assertEqual(sequence.rows, [0, 0, 1])

    def test_share_of_silent_frames(self):
        sequence = self.build(stream(['encode'] * 60, []), replace(PLAIN, keep_silent=0))
        self.assertNotIn(SILENT, sequence.targets)

    def test_delay_collision_and_frames_that_are_not_shown(self):
        events = [(0.0, 'typing-started', ''), (1.0, 'menu-opened', ''), (2.0, 'menu-closed', '')]
        told = schedule(stream(['encode', 'encode', 'encode', 'encode', 'skip', 'skip', 'encode'], events), {'typing-started': 2})
        self.assertEqual(told, {2: ('typing-started', None), 3: ('menu-opened', None), 6: ('menu-closed', None)})

    def test_start_in_mid_stream_keeps_replies_unlearned(self):
        source = stream(['encode'] * 60, [(t, 'menu-opened', MENU) for t in (1.0, 2.0, 3.0)])
        for seed in range(20):
            sequence = self.build(source, replace(PLAIN, midway=1, strange=0), seed)
            head = sequence.tokens.index(-1)
            self.assertEqual(sequence.targets[:head], [IGNORED] * head)
            self.assertEqual(len(sequence.rows), 60 - sequence.rows[0])

    def test_a_question_is_answered_and_its_coming_not_learned(self):
        sequence = self.build(stream(['encode'] * 4, []), replace(PLAIN, questions=1))
        asked = len(sequence.tokens) - 1 - sequence.tokens[::-1].index(USER)
        self.assertEqual(sequence.targets[asked - 1] in (SILENT, IGNORED), True)
        answer = sequence.tokens[sequence.tokens.index(ASSISTANT, asked) + 1:]
        answer = self.tokenizer.decode(answer[:answer.index(EOS)])
        self.assertIn(answer, [wording.NOTHING_YET['en'], 'The text editor is in front.', 'A text editor in front of a terminal.'])

    def test_questions_about_the_past(self):
        past = [(None, 'Zero.'), (2, 'One.'), (4, 'Two.'), (8, MENU)]
        random = np.random.default_rng(0)
        asked = {question({}, 10, past, 'en', random)[1] for _ in range(40)}
        self.assertEqual(asked, {MENU, f'One. Two. {MENU}', 'Just now.'})
        self.assertEqual({question({}, 10, past[:1], 'en', random)[1] for _ in range(40)}, {'Zero.'})
        self.assertEqual({question({}, 10, [], 'ko', random)[1] for _ in range(40)}, {wording.NOTHING_YET['ko']})

    def test_typing_that_stopped_may_be_told_late_and_silence_is_not_insisted_on_before(self):
        source = stream(['encode', 'encode', 'still', 'still', 'still', 'still'], [(2.0, 'typing-stopped', '')])
        seen = set()
        for seed in range(12):
            sequence = self.build(source, PLAIN, seed)
            seen.add(tuple(target for token, target in zip(sequence.tokens, sequence.targets) if token == -1)[9::10])
        self.assertEqual(seen, {
            (SILENT, SILENT, IGNORED, IGNORED, ASSISTANT, SILENT), (SILENT, SILENT, IGNORED, IGNORED, IGNORED, ASSISTANT),
        })

    def test_a_spoiled_reply_is_not_learned_but_its_moment_is(self):
        source = stream(['encode'] * 8, [(1.0, 'menu-opened', MENU)])
        for seed in range(10):
            sequence = self.build(source, replace(PLAIN, spoil=1, spoiled=1, needless=0), seed)
            self.assertNotIn(REPLY, sequence.kinds)
            self.assertEqual(sequence.targets.count(ASSISTANT), 1)

    def test_needless_replies_leave_silence_the_target(self):
        sequence = self.build(stream(['encode'] * 8, []), replace(PLAIN, spoil=1, needless=1))
        self.assertEqual((sequence.targets.count(SILENT), sequence.tokens.count(ASSISTANT)), (8, 8))
        self.assertNotIn(REPLY, sequence.kinds)

    def test_an_instruction_decides_what_is_told_and_in_which_language(self):
        source = stream(['encode'] * 8, [(1.0, 'menu-opened', MENU)])
        source['events'].append([2.0, 'dialog-opened', 'error', 'An error dialog appeared.'])
        told = set()
        for seed in range(60):
            sequence = self.build(source, replace(PLAIN, plain=0, korean=0.5, scoped=0.7), seed)
            decode = lambda at: self.tokenizer.decode(sequence.tokens[at + 1:sequence.tokens.index(EOS, at)])
            told.add(tuple(decode(at) for at, token in enumerate(sequence.tokens) if token == ASSISTANT))
        korean = wording.narration('menu-opened', None, 'ko'), wording.narration('dialog-opened', 'error', 'ko')
        english = MENU, 'An error dialog appeared.'
        self.assertEqual(told, {(), english, korean, english[1:], korean[1:]})


    def test_a_judgement_is_as_often_right_as_wrong_and_only_its_end_is_learned(self):
        ends = []
        for seed in range(200):
            sequence = judgement(self.tokenizer, np.random.default_rng(seed), PLAIN)
            learned = [(at, target) for at, target in enumerate(sequence.targets) if target != IGNORED]
            self.assertEqual([at for at, _ in learned], [len(sequence.tokens) - 1])
            self.assertEqual((sequence.kinds[-1], sequence.rows), (VERDICT, []))
            at = sequence.tokens.index(ASSISTANT)
            text = self.tokenizer.decode(sequence.tokens[at + 1:])
            typed = {plain(one.text) for one in wording.all_instructions() if one.asks_for(*wording.all_narrations()[text])}
            self.assertEqual(learned[0][1] == EOS, plain(self.tokenizer.decode(sequence.tokens[2:at])) in typed)
            ends.append(learned[0][1])
        self.assertAlmostEqual(ends.count(EOS) / len(ends), 0.5, delta=0.1)


def plain(text: str) -> str:
    """What an instruction has in common with all the ways to type it."""
    return text.lower().replace(' ', '').removesuffix('.')


class WordingTest(unittest.TestCase):
    def test_korean_particles_follow_the_sound_before_them(self):
        self.assertEqual(wording.narration('app-opened', 'terminal', 'ko'), '터미널이 열렸습니다.')
        self.assertEqual(wording.narration('app-opened', 'editor', 'ko'), '텍스트 편집기가 열렸습니다.')

    def test_no_two_events_share_a_sentence(self):
        self.assertEqual(len(wording.all_narrations()), len(wording.LANGUAGES) * len(wording.all_events()))

    def test_scopes(self):
        about = wording.instructions('application', 'en', 'terminal')[0]
        self.assertEqual([about.asks_for(*event) for event in [('app-opened', 'terminal'), ('command-finished', None), ('app-opened', 'mail')]], [True, True, False])
        self.assertFalse(any(one.asks_for(*event) for one in wording.instructions('quiet', 'ko') for event in wording.all_events()))

    def test_scenes(self):
        self.assertEqual(wording.scene('editor', ['mail', 'video'], 'en'), 'A text editor in front of a mail program and a video player.')
        self.assertEqual(wording.scene('editor', ['mail'], 'ko'), '텍스트 편집기 뒤에 메일 프로그램이 보입니다.')


if __name__ == '__main__':
    unittest.main()
