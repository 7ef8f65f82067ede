"""Training that goes on from earlier weights."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import train_language
from calibrate import load
from dialogue import Recipe, build
from test_tables import make_work
from training import part_of


class BeginTest(unittest.TestCase):
    def test_earlier_weights_keep_their_standardisation(self):
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            make_work(work)
            few = ['--cache', work / 'cache', '--tokens', work / 'tokens', '--tokenizer', work / 'run/tokenizer.json', '--minutes', 0.0001, '--size', 200]
            train = lambda out, *more: train_language.main([str(argument) for argument in [*few, '--out', out, *more]])
            first, second, tokens = work / 'first.pt', work / 'second.pt', work / 'tokens/train-00.raw.npy'
            with contextlib.redirect_stdout(io.StringIO()):
                train(first)
                np.save(tokens, np.load(tokens) * 3 + 1)
                train(second, '--begin', first)
            before, after = part_of(first, 'connector'), part_of(second, 'connector')
            for name in ('mean', 'scale'):
                self.assertTrue(torch.equal(before[name], after[name]), name)
            self.assertFalse(torch.equal(before['first.weight'], after['first.weight']))  # it has learned

    def test_judging_is_learned_beside_what_was_said_before(self):
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            make_work(work)
            given = ['--cache', work / 'cache', '--tokens', work / 'tokens', '--tokenizer', work / 'run/tokenizer.json', '--size', 200]
            train = lambda out, *more: train_language.main([str(argument) for argument in [*given, '--out', out, *more]])
            with contextlib.redirect_stdout(io.StringIO()):
                train(work / 'first.pt', '--minutes', 0.0001)
                train(work / 'judges.pt', '--begin', work / 'first.pt', '--minutes', 0.05, '--judge', 10)
                train(work / 'learns.pt', '--begin', work / 'first.pt', '--minutes', 0.05)
            came = {name: drift_of(work, name) for name in ('judges.pt', 'learns.pt')}
            self.assertLess(came['judges.pt'], 0.5 * came['learns.pt'])
            self.assertGreater(came['judges.pt'], 0)
            connector = [part_of(work / name, 'connector') for name in ('first.pt', 'judges.pt')]
            self.assertTrue(all(torch.equal(connector[0][name], connector[1][name]) for name in connector[0]))


def drift_of(work: Path, name: str) -> float:
    """How far these weights have come from the first ones, under the default instruction."""
    tokenizer, random = Tokenizer.from_file(str(work / 'run/tokenizer.json')), np.random.default_rng(0)
    streams = train_language.Streams(work / 'cache', work / 'tokens', ['train-*.json'])
    recipe = Recipe(plain=1, questions=0, midway=0, spoil=0)
    batch = train_language.collate([(build(stream, tokenizer, random, recipe), stream['raw'][0]) for stream in streams.streams])
    with torch.inference_mode():
        after, before = (load(work / file)(batch, dropout=0)[0] for file in (name, 'first.pt'))
    return train_language.drift(after, before).item()


if __name__ == '__main__':
    unittest.main()
