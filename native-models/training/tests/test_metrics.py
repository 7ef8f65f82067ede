"""LIVE's metrics against a hand-made predictor: every branch, and sequences of each method."""

import math
import sys
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tokenizer as words
import wording
from dialogue import IGNORED, Recipe, Sequence, build
from methods import METHODS, shorten
from metrics import MEASURED, average, measure, turns
from tokenizer import ASSISTANT, BOS, EOS, SILENT, SIZE, USER
from vision import TOKENS

WORD = 900
MENU = 'A menu was opened.'


def dialogue(*frames: int) -> Sequence:
    """Turns of so many frames, each ending in a reply of three words."""
    sequence, row = Sequence(), 0
    sequence.words([BOS, USER, WORD])
    for count in frames:
        for i in range(count):
            sequence.frame(row, False, ASSISTANT if i == count - 1 else SILENT)
            row += 1
        sequence.reply([WORD, WORD + 1, WORD + 2])
    return sequence


def arranged(name: str, *frames: int, tokens: int = TOKENS) -> Sequence:
    return shorten(METHODS[name].arrange(dialogue(*frames)), tokens)


class Fake:
    """Says what should be said, with p = 0.9 (or `certain`), but speaks at the pictures `speaks` and nowhere else, and makes a
    mistake at the k-th word of every reply."""

    def __init__(self, name: str, speaks: set[int], wrong: int | None = None, certain: float = 0.9):
        self.method, self.speaks, self.wrong, self.certain, self.asked = METHODS[name], speaks, wrong, certain, []

    def __call__(self, sequence: Sequence) -> torch.Tensor:
        self.asked.append(sequence)
        size = sequence.tokens.count(-1) // len(sequence.rows)
        likely, frame, at, silent = [0] * len(sequence.tokens), -1, 0, []
        for i, token in enumerate(sequence.tokens):
            targets = sequence.targets[i:i + 1]
            if token < 0:
                frame, at = frame + 1 / size, 0
            decides = token == ASSISTANT if self.method.silence == EOS else token < 0
            if decides:
                speaks = sequence.rows[round(frame + 1e-6)] in self.speaks
                spoken = WORD if self.method.silence == EOS else ASSISTANT
                likely[i] = spoken if speaks else self.method.silence
                silent += [] if speaks else [i]
                at = 1 if self.method.silence == EOS else 0
            elif targets and targets[0] != IGNORED:
                likely[i] = targets[0] if at != self.wrong else BOS
                at += 1
        logits = torch.full((len(likely), SIZE), math.log((1 - self.certain) / (SIZE - 1)))
        logits[range(len(likely)), likely] = math.log(self.certain)
        logits[silent, WORD] = math.log(0.05)  # what it would say instead of nothing
        return logits


class TurnsTest(unittest.TestCase):
    def test_every_method_has_the_same_turns(self):
        for name in METHODS:
            for tokens in (1, TOKENS):
                found = turns(arranged(name, 3, 1, 2, tokens=tokens))
                self.assertEqual([(len(turn.frames), len(turn.words)) for turn in found], [(3, 4), (1, 4), (2, 4)], name)

    def test_frames_after_the_last_reply_and_unlearned_replies_are_no_turn(self):
        sequence = dialogue(2)
        sequence.frame(2, False, SILENT)
        sequence.reply([WORD], learned=False)
        sequence.frame(3, False, SILENT)
        self.assertEqual(len(turns(sequence)), 1)


class MeasureTest(unittest.TestCase):
    def check(self, frames: tuple, speaks: set[int], expected: list[tuple[float, float]], **more):
        """`expected`: TimeDiff in frames, and Fluency, of each turn."""
        for name in METHODS:
            fake = Fake(name, speaks, more.get('wrong'), more.get('certain', 0.9))
            result = measure(fake, arranged(name, *frames), METHODS[name], more.get('theta', 0), fps=1)
            self.assertEqual([turn['timeDiff'] for turn in result], [d for d, _ in expected], name)
            for turn, (_, fluency) in zip(result, expected):
                self.assertAlmostEqual(turn['fluency'], fluency, msg=name)

    def test_on_time(self):
        self.check((3, 2), {2, 4}, [(0, 1), (0, 1)])

    def test_on_time_with_a_wrong_word(self):
        self.check((3,), {2}, [(0, (3 + 2) / 7)], wrong=2)

    def test_early(self):
        self.check((4, 2), {1, 5}, [(2, (4 - 2) / 8), (0, 1)])

    def test_late_by_as_many_frames_as_it_takes_to_speak(self):
        self.check((4, 5), {5, 8}, [(2, (4 - 1) / 8), (3, (5 - 3) / 9)])  # what is late for one is early for the next

    def test_late_and_never_made_good(self):
        self.check((3, 6), {8}, [(2, 2 / 7), (0, 1)])          # at most one frame fewer than the turn has
        self.check((5, 2, 1), {7}, [(2, 4 / 9), (1, 1 / 6), (0, 1)])  # and no more than the next turn has

    def test_a_turn_of_one_frame_cannot_be_late(self):
        self.check((1, 2), {2}, [(0, 1), (0, 1)])

    def test_the_last_turn_cannot_be_late(self):
        self.check((2, 3), {1}, [(0, 1), (0, 1)])

    def test_theta_takes_back_a_silence_that_is_not_sure(self):
        self.check((4,), {3}, [(3, 1 / 8)], certain=0.6, theta=0.7)
        self.check((4,), {3}, [(0, 1)], certain=0.6, theta=0.5)

    def test_language_figures(self):
        for name in METHODS:
            [turn] = measure(Fake(name, {1}), arranged(name, 2), METHODS[name])
            self.assertAlmostEqual(turn['lmPpl'], 1 / 0.9, places=3)
            self.assertEqual(turn['lmCorrectness'], 1)
            [turn] = measure(Fake(name, {1}, wrong=1), arranged(name, 2), METHODS[name])
            self.assertEqual(turn['lmCorrectness'], 1 / 4)

    def test_what_is_fed_when_a_reply_is_late(self):
        fake = Fake('streaming', {3})
        measure(fake, arranged('streaming', 2, 2), METHODS['streaming'])
        self.assertEqual(fake.asked[1].tokens, [BOS, USER, WORD] + [-1] * 3 * TOKENS)
        self.assertEqual(fake.asked[1].rows, [0, 1, 2])
        fake = Fake('per-frame', {3})
        measure(fake, arranged('per-frame', 2, 2, tokens=1), METHODS['per-frame'])
        self.assertEqual(fake.asked[1].tokens, [BOS, USER, WORD, *[USER, -1, ASSISTANT, EOS] * 2, USER, -1, ASSISTANT])

    def test_a_real_stream_rearranged(self):
        tokenizer = words.train(wording.corpus())
        stream = {'actions': ['encode', 'still', 'skip', 'encode', 'encode'], 'events': [[0.5, 'menu-opened', None, MENU], [2.0, 'menu-closed', None, '']]}
        sequence = build(stream, tokenizer, np.random.default_rng(0), MEASURED)
        for name, method in METHODS.items():
            found = turns(method.arrange(sequence))
            self.assertEqual([len(turn.frames) for turn in found], [2, 2], name)


class AverageTest(unittest.TestCase):
    def test_streams_weigh_the_same(self):
        turn = lambda x: {'lmPpl': x, 'lmCorrectness': 0.5, 'timeDiff': x, 'fluency': 1}
        self.assertEqual(average([[turn(1), turn(3)], [], [turn(6)]]), {'streams': 2, 'turns': 3, 'lmPpl': 4, 'lmCorrectness': 0.5, 'timeDiff': 4, 'fluency': 1})


if __name__ == '__main__':
    unittest.main()
