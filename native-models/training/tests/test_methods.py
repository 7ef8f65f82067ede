"""Sequences of the other learning methods, the session of per-frame dialogue, and the losses."""

import sys
import unittest
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tokenizer as words
import wording
from dialogue import DECISION, IGNORED, REPLY, VERDICT, Sequence
from language import Language, LanguageConfig
from methods import METHODS, PerFrameSession, per_frame, shorten
from session import Decision, Window
from tokenizer import ASSISTANT, BOS, EOS, SILENT, SIZE, USER
from train_language import drift, hard_mean, judging, losses, objective
from vision import TOKENS

WORD = 900
BOTH = DECISION | REPLY


def dialogue() -> Sequence:
    """A silent frame, one with a reply, one whose silence is not in the loss, and a question."""
    sequence = Sequence()
    sequence.words([BOS, USER, WORD])
    sequence.frame(0, False, SILENT)
    sequence.frame(1, False, ASSISTANT)
    sequence.reply([WORD, WORD + 1])
    sequence.frame(1, True, IGNORED)
    sequence.words([USER, WORD])
    sequence.reply([WORD + 2])
    return sequence


class ArrangeTest(unittest.TestCase):
    def test_per_frame(self):
        result = shorten(per_frame(dialogue()), 1)  # short, to be read
        expected = [  # token, target, kind
            (BOS, IGNORED, 0), (USER, IGNORED, 0), (WORD, IGNORED, 0),
            (USER, IGNORED, 0), (-1, IGNORED, 0), (ASSISTANT, EOS, DECISION), (EOS, IGNORED, 0),
            (USER, IGNORED, 0), (-1, IGNORED, 0), (ASSISTANT, WORD, BOTH), (WORD, WORD + 1, REPLY), (WORD + 1, EOS, REPLY), (EOS, IGNORED, 0),
            (USER, IGNORED, 0), (-1, IGNORED, 0), (ASSISTANT, IGNORED, 0), (EOS, IGNORED, 0),
            (USER, IGNORED, 0), (WORD, IGNORED, 0), (ASSISTANT, WORD + 2, REPLY), (WORD + 2, EOS, REPLY), (EOS, IGNORED, 0),
        ]
        self.assertEqual(list(zip(result.tokens, result.targets, result.kinds, strict=True)), expected)
        self.assertEqual((result.rows, result.still), ([0, 1, 1], [False, False, True]))
        self.assertEqual(per_frame(dialogue()).tokens.count(-1), 3 * TOKENS)

    def test_per_frame_where_what_was_said_is_wrong_or_missing(self):
        sequence = Sequence()
        sequence.frame(0, False, SILENT)  # something was said needlessly: silence would have been right
        sequence.reply([WORD], learned=False)
        sequence.frame(1, False, ASSISTANT)  # something else was said
        sequence.reply([WORD], learned=False)
        sequence.frame(2, False, ASSISTANT)  # nothing was said
        result = shorten(per_frame(sequence), 1)
        self.assertEqual(result.tokens, [USER, -1, ASSISTANT, WORD, EOS] * 2 + [USER, -1, ASSISTANT, EOS])
        self.assertEqual([i for i, target in enumerate(result.targets) if target != IGNORED], [2])
        self.assertEqual((result.targets[2], result.kinds[2]), (EOS, DECISION))

    def test_one_token_a_frame_keeps_the_label(self):
        result = shorten(dialogue(), 1)
        self.assertEqual(result.tokens[3:6], [-1, -1, ASSISTANT])
        self.assertEqual(result.targets[3:6], [SILENT, ASSISTANT, WORD])
        self.assertIs(shorten(result, TOKENS), result)


class SessionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(0)
        torch.set_num_threads(1)
        cls.tokenizer = words.train(wording.corpus())
        cls.language = Language(LanguageConfig(vocabulary=SIZE, width=32, layers=2, heads=2, inner=48)).eval()
        cls.frames = torch.randn(8, TOKENS, 32)

    @torch.inference_mode()
    def run_all(self, theta: float, window: Window | None = None) -> tuple[PerFrameSession, list]:
        session = PerFrameSession(self.language, self.tokenizer, Decision(theta, cap=3), wording.DEFAULT_INSTRUCTION.text, window)
        return session, [session.frame(i / 2, frame) for i, frame in enumerate(self.frames)]

    def cached(self, session: PerFrameSession) -> int:
        length = sum(length for _, length in session.spans)
        self.assertEqual(session.caches[0][0].shape[2], length)
        return length

    def test_silence_is_fed_as_an_empty_reply(self):
        session, said = self.run_all(theta=0)
        head = session.spans[0][1]
        self.assertEqual(session.spans[1:], [('frame', TOKENS + 3)] * 8)
        self.assertEqual(self.cached(session), head + 8 * (TOKENS + 3))
        # The same probabilities as with all of it at once.
        embed = lambda *tokens: self.language.embed(torch.tensor(tokens))
        whole = [embed(BOS, USER, *self.tokenizer.encode(wording.DEFAULT_INSTRUCTION.text).ids)]
        for frame in self.frames:
            whole += [embed(USER), frame, embed(ASSISTANT, EOS)]
        with torch.inference_mode():
            states = self.language(torch.cat(whole)[None])[0]
            chances = self.language.logits(states).softmax(-1)[head + TOKENS + 1::TOKENS + 3, EOS]
        self.assertTrue(torch.allclose(chances, torch.tensor([silence for silence, _ in said]), atol=1e-5))

    def test_a_reply_has_at_least_a_word(self):
        self.language.token_embd.weight.data[EOS] *= 50  # would rather end at once
        session, said = self.run_all(theta=1.1)
        self.language.token_embd.weight.data[EOS] /= 50
        self.assertEqual({kind for kind, _ in session.spans[1::2]}, {'frame'})
        self.assertEqual([length for _, length in session.spans[1::2]], [TOKENS + 1] * 8)
        self.assertTrue(all(length >= 3 for _, length in session.spans[2::2]))  # <|assistant|>, a word, <|eos|>
        self.cached(session)

    def test_frames_are_evicted_with_their_silence(self):
        session, _ = self.run_all(theta=0, window=Window(60, 40))
        self.assertLessEqual(self.cached(session), 60 + 3)


class LossTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.logits, self.targets = torch.randn(8, SIZE), torch.tensor([SILENT, ASSISTANT, 7, EOS, SILENT, SILENT, ASSISTANT, 9])
        self.kinds = torch.tensor([DECISION, DECISION, REPLY, REPLY, DECISION, DECISION, DECISION, REPLY])
        self.each = F.cross_entropy(self.logits, self.targets, reduction='none')

    def figure(self, name: str, loss: str = 'ce') -> float:
        return losses(self.logits, self.targets, self.kinds, loss)[name].item()

    def test_two_means(self):
        self.assertAlmostEqual(self.figure('decision'), self.each[self.kinds == DECISION].mean().item(), places=5)
        self.assertAlmostEqual(self.figure('reply'), self.each[self.kinds == REPLY].mean().item(), places=5)

    def test_ohem_takes_the_hardest_quarter(self):
        hardest = self.each[self.kinds == DECISION].sort().values[-2:]  # of five, rounded up
        self.assertAlmostEqual(self.figure('decision', 'ohem'), hardest.mean().item(), places=5)
        self.assertAlmostEqual(self.figure('reply', 'ohem'), self.figure('reply'))

    def test_focal_weighs_by_what_is_missing_to_certainty(self):
        chance = torch.tensor([0.9, 0.5])
        self.assertAlmostEqual(hard_mean(-chance.log(), 'focal').item(), (-0.01 * chance[0].log() - 0.25 * chance[1].log()).item() / 2, places=6)

    def test_drift_is_nothing_for_who_stayed(self):
        self.assertAlmostEqual(drift(self.logits, self.logits).item(), 0, places=6)
        moved = self.logits.clone()
        moved[0, SILENT] += 3
        chance, before = moved[0].softmax(-1), self.logits[0].softmax(-1)
        expected = (before * (before.log() - chance.log())).sum().item() / len(moved)
        self.assertAlmostEqual(drift(moved, self.logits).item(), expected, places=5)
        self.assertEqual(drift(self.logits[:0], self.logits[:0]).item(), 0)

    def test_judging_learns_verdicts_and_stays_with_all_else(self):
        kinds, before = self.kinds.clone(), self.logits.clone()
        kinds[3] = VERDICT
        before[3] = 0  # what was said there before does not matter
        figures = judging(self.logits, self.targets, kinds, before)
        self.assertAlmostEqual(figures['verdict'].item(), self.each[3].item(), places=5)
        self.assertAlmostEqual(figures['drift'].item(), 0, places=6)
        self.assertEqual(figures['wrong'].item(), 1)

    def test_no_decisions(self):
        for loss in ('ce', 'ohem', 'focal'):
            self.assertEqual(hard_mean(torch.empty(0), loss).item(), 0)

    def test_what_each_method_minimises(self):
        minimised = lambda name: objective(METHODS[name], self.logits, self.targets, losses(self.logits, self.targets, self.kinds), 2.0).item()
        self.assertAlmostEqual(minimised('streaming'), self.figure('reply') + 2 * self.figure('decision'), places=5)
        self.assertAlmostEqual(minimised('interleaved'), self.each[self.targets != SILENT].mean().item(), places=5)
        self.assertAlmostEqual(minimised('per-frame'), self.each.mean().item(), places=5)


if __name__ == '__main__':
    unittest.main()
