"""Training that goes on from earlier weights."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import train_language
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


if __name__ == '__main__':
    unittest.main()
