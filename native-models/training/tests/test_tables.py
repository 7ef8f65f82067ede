"""Rows of the tables from nothing to Markdown: a few synthetic streams, one training step a row."""

import contextlib
import importlib.util
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tables
import tokenizer as words
import wording
from vision import TOKENS, VisionConfig

STATE = {'blank': False, 'dialog': None, 'front': 'editor', 'open': ['editor']}
MENU = wording.narration('menu-opened', None)


def make_work(work: Path):
    """What the stages before leave: a shard of each set with its raw tokens, and a tokenizer."""
    for name in ('cache', 'tokens', 'run'):
        (work / name).mkdir()
    words.train(wording.corpus()).save(str(work / 'run/tokenizer.json'))
    random = np.random.default_rng(0)
    for shard, events in {'train-00': [2, 2], 'validation-00': [1], 'test-00': [2, 0]}.items():
        streams = []
        for number, count in enumerate(events):
            told = [[1.0 + 1.5 * i, 'menu-opened', None, MENU] for i in range(count)]
            streams.append({'first': 6 * number, 'actions': ['encode', 'still', *['encode'] * 5], 'events': told, 'states': [STATE] * 7})
        (work / 'cache' / f'{shard}.json').write_text(json.dumps(streams))
        np.save(work / 'tokens' / f'{shard}.raw.npy', random.normal(size=(6 * len(events), TOKENS, VisionConfig().raw)).astype(np.float16))


class TablesTest(unittest.TestCase):
    def run_tables(self, work: Path, *arguments: str) -> list[str]:
        output, few = io.StringIO(), '--minutes 0.0001 --processes 1 --size 200 --seconds 2 --thetas 0.5 --cap 2'.split()
        with contextlib.redirect_stdout(output):
            tables.main([str(work), *arguments, *few])
        return output.getvalue().splitlines()

    def test_rows_and_markdown(self):
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            make_work(work)
            rows = ['untrained', 'interleaved', 'per-frame', 'tokens-1']
            self.run_tables(work, *rows)
            self.assertEqual(self.run_tables(work, *rows), [])  # all have their line
            results = tables.read(work / 'tables/0.0001-minutes/results.jsonl')
            self.assertEqual(list(results), rows)
            self.assertEqual((results['untrained']['steps'], results['tokens-1']['steps']), (0, 1))
            for result in results.values():
                self.assertEqual((result['streams'], result['turns'], result['true']), (1, 2, 2))
                self.assertGreater(result['lmPpl'], 1)
            self.assertEqual((results['interleaved']['frames'], results['interleaved']['narrations']), (4, 4))
            self.assertGreater(results['per-frame']['sequenceTokens'], results['interleaved']['sequenceTokens'])
            self.assertLess(results['tokens-1']['sequenceTokens'], results['interleaved']['sequenceTokens'])
            markdown = self.run_tables(work, '--render')
            self.assertEqual(len(markdown), 2 + 4 + 1 + 2 + 3 + 4 + 4 + 2)
            self.assertEqual({line.count('|') for line in markdown[:6]}, {11})
            self.assertIn('`tables.py WORK ohem --minutes 0.0001`', markdown[10])
            self.assertTrue(markdown[5].startswith('| **streaming EOS** | - |'))

    def test_options_of_every_row(self):
        self.assertEqual({name for rows in [tables.LEARNING, *tables.PARTS.values()] for _, name in rows}, set(tables.ROWS))
        changed = [row.options for row in tables.ROWS.values() if row.trained]
        self.assertEqual(len({tuple(options.items()) for options in changed}), len(changed))  # no run is made twice

    def test_an_unknown_row_is_refused(self):
        with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()) as said:
            tables.main(['work', 'streming'])
        self.assertIn('no row streming', said.getvalue())


@unittest.skipUnless(importlib.util.find_spec('matplotlib'), 'matplotlib is not installed')
class CurvesTest(unittest.TestCase):
    def test_a_log_becomes_a_picture(self):
        import curves
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / 'language.csv'
            log.write_text('step,seconds,rate,reply,decision\n50,60,0.001,2.5,0.5\n100,120,0.001,2.1,0.4\n150,18')
            self.assertEqual(curves.read(log)['reply'], [2.5, 2.1])
            curves.draw([log], log.with_suffix('.png'))
            self.assertEqual(log.with_suffix('.png').read_bytes()[:4], b'\x89PNG')


if __name__ == '__main__':
    unittest.main()
