import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from transformers import LlamaForCausalLM

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tiny
import tokenizer as words
import wording
from dialogue import DECISION, IGNORED, REPLY, Recipe, build
from narrator import Narrator, lora
from protocols import PRESETS, Conversation, Layout
from tokenizer import ASSISTANT, BOS, EOS, SILENT
from train_language import collate

TOKENIZER = words.train(wording.corpus())
PLAIN = Recipe(plain=1, keep_silent=1, questions=0, midway=0, spoil=0)
PAPER = {**PRESETS['paper'], 'silence': '<|silent|>', 'endOfReply': '<|eos|>', 'systemPrompt': 'Watch.\n'}
RELEASED = {**PRESETS['released'], 'endOfReply': '<|eos|>', 'systemPrompt': 'Watch.\n'}
SAID = 'A menu was opened.'


def ids(text: str) -> list[int]:
    return TOKENIZER.encode(text).ids


def layout(protocol: dict, tokens: int = 1) -> Layout:
    return Layout(protocol, TOKENIZER, BOS, tokens)


def stream(frames: int, events: list[float]) -> dict:
    return {'actions': ['encode'] * frames, 'events': [[t, 'menu-opened', None, SAID] for t in events], 'states': None}


def after(tokens: list[int]) -> list[int]:
    """Each token's target when the next one is learned."""
    return [*tokens[1:], IGNORED]


class LabelsTest(unittest.TestCase):
    def talk(self, protocol: dict, tokens: int = 1) -> Conversation:
        """Two frames, one with a narration, one more, a question and its answer, a last frame."""
        talk = Conversation(layout(protocol, tokens))
        talk.opening(ids('Tell me.'))
        talk.frame(0, False, SILENT)
        talk.frame(1, False, ASSISTANT)
        talk.reply(ids(' Hello'))
        talk.frame(2, False, SILENT)
        talk.query(ids('What?'))
        talk.reply(ids(' Yes'))
        talk.frame(3, False, SILENT)
        return talk

    def check(self, talk: Conversation, expected: list[tuple[list[int], list[int]]]):
        self.assertEqual(talk.tokens, [token for tokens, _ in expected for token in tokens])
        self.assertEqual(talk.targets, [target for _, targets in expected for target in targets])
        self.assertEqual([kind == 0 for kind in talk.kinds], [target == IGNORED for target in talk.targets])

    def test_paper(self):
        nothing = lambda text: (text, [IGNORED] * len(text))
        hello, yes = ([*ids('\nAssistant:'), *ids(text), EOS] for text in (' Hello', ' Yes'))
        self.check(self.talk(PAPER), [
            nothing([BOS, *ids('Watch.\n'), *ids('\nUser: '), *ids('Tell me.')]),
            ([-1], [SILENT]), ([-1], [hello[0]]), (hello, after(hello)),
            ([-1], [SILENT]), nothing([*ids('\nUser: '), *ids('What?')]), (yes, after(yes)),
            ([-1], [SILENT]),
        ])

    def test_released(self):
        nothing = lambda text: (text, [IGNORED] * len(text))
        comma, = ids(',')
        hello, yes = [*ids(']\nAssistant:'), *ids(' Hello'), EOS], [*ids('\nAssistant:'), *ids(' Yes'), EOS]
        self.check(self.talk(RELEASED), [
            nothing([BOS, *ids('Watch.\n'), *ids('\nUser: '), *ids('Tell me.'), *ids('\n[')]),
            ([-1], [comma]), nothing([comma]), ([-1], [hello[0]]), (hello, after(hello)), nothing(ids('\n[')),
            # A question follows, but it could not be foreseen: silence is right here, not "speak".
            ([-1], [comma]), nothing([*ids(']\nUser: '), *ids('What?')]), (yes, after(yes)), nothing(ids('\n[')),
            ([-1], [comma]),
        ])

    def test_ten_tokens_a_frame_and_the_last_one_decides(self):
        talk = self.talk(RELEASED, 10)
        self.assertEqual((talk.tokens.count(-1), talk.kinds.count(DECISION)), (40, 4))
        for at in (index for index, kind in enumerate(talk.kinds) if kind == DECISION):
            self.assertEqual(talk.tokens[at - 9:at + 1], [-1] * 10)
            self.assertEqual(talk.targets[at - 9:at], [IGNORED] * 9)

    def test_desk_world_streams_in_both_protocols(self):
        for protocol in (PAPER, RELEASED):
            lines = layout(protocol)
            sequence = build(stream(4, [0.5]), TOKENIZER, np.random.default_rng(0), PLAIN, [], Conversation(lines))
            decisions = [target for target, kind in zip(sequence.targets, sequence.kinds) if kind == DECISION]
            self.assertEqual(decisions, [lines.silence, lines.speak, lines.silence, lines.silence])
            start = sequence.tokens.index(lines.speak, sequence.tokens.index(-1))
            said = sequence.tokens[start:sequence.tokens.index(EOS, start)]
            self.assertTrue(TOKENIZER.decode(said).endswith(f'Assistant: {SAID}'))

    def test_the_desk_protocol_is_that_of_desk_nano(self):
        source = stream(60, [3.0, 5.0, 9.0])
        for seed in range(10):
            recipe = Recipe(midway=seed % 2, questions=1)
            ours, theirs = (
                build(source, TOKENIZER, np.random.default_rng(seed), recipe, [('menu-closed', None)], sequence)
                for sequence in (Conversation(layout(PRESETS['desk'], 10)), None)
            )
            for part in ('tokens', 'targets', 'kinds', 'rows', 'still'):
                self.assertEqual(getattr(ours, part), getattr(theirs, part))

    def test_a_past_whose_frames_were_evicted_keeps_the_order_of_the_cache(self):
        talk = Conversation(layout(RELEASED))
        talk.opening([])
        talk.reply(ids(' Hello'), learned=False)
        talk.reply(ids(' Hello'), learned=False)
        talk.frame(0, False, IGNORED)
        self.assertTrue(TOKENIZER.decode(talk.tokens[:-1]).endswith('\n[]\nAssistant: Hello\n[]\nAssistant: Hello\n['))
        self.assertEqual(set(talk.targets), {IGNORED})

    def test_silence_must_be_one_token_and_no_end_of_reply(self):
        for silence in ('<|eos|>', 'two words'):
            with self.assertRaises(ValueError):
                layout({**PAPER, 'silence': silence})

    def test_text_of_other_data_is_told_as_it_is(self):
        event = wording.event_of({'video': 'a.mp4', 't': 1, 'text': 'The cook flips the steak.'})
        self.assertEqual(wording.narration(*event, 'ko'), 'The cook flips the steak.')
        self.assertTrue(wording.DEFAULT_INSTRUCTION.asks_for(*event))


class LossTest(unittest.TestCase):
    def test_sum_over_targets_with_weighted_frames_by_hand(self):
        with tempfile.TemporaryDirectory() as folder:
            tiny.write_llama(Path(folder))
            torch.manual_seed(0)
            narrator = Narrator(LlamaForCausalLM.from_pretrained(folder), 32, lora(4, 8, 0)).eval()
        for protocol in (PAPER, RELEASED):
            talks = [LabelsTest().talk(protocol, 10), Conversation(layout(protocol, 10))]
            talks[1].opening([])
            talks[1].frame(0, False, SILENT)  # much shorter: padding must not count
            raw = torch.randn(4, 10, 32).numpy()
            batch = collate([(talk, raw) for talk in talks])
            with torch.no_grad():
                figures = narrator(batch, 3.0)
                expected, decisions = 0, 0
                for talk in talks:
                    tokens = torch.tensor([talk.tokens])
                    logits = narrator.llama.lm_head(narrator.states(tokens, torch.from_numpy(raw[talk.rows])))[0]
                    for position, (target, kind) in enumerate(zip(talk.targets, talk.kinds)):
                        if target != IGNORED:
                            loss = F.cross_entropy(logits[position], torch.tensor(target)).item()
                            expected += loss * (3 if kind == DECISION else 1)
                            decisions += loss * (kind == DECISION)
            self.assertAlmostEqual(figures['loss'].item(), expected, delta=1e-3)
            self.assertAlmostEqual(figures['decision'].item(), decisions, delta=1e-3)
            self.assertEqual(figures['decisions'].item(), 5)
            self.assertEqual(figures['replies'].item(), talks[0].kinds.count(REPLY))


if __name__ == '__main__':
    unittest.main()
