"""The commands themselves: one process, two with DDP, two with FSDP, and a run that is killed on its way."""

import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import torch
from safetensors.torch import load_file

LARGE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(LARGE))
import tiny
from train_large import rate_at

RECIPE = [
    '--protocol', 'desk', '--global-batch', '4', '--epochs', '8', '--rate', '1e-2', '--rank', '4', '--alpha', '8',
    '--dropout', '0', '--longest', '600', '--dtype', 'f32', '--save-every', '3', '--keep-silent', '0.5',
]
STEPS = 16
TWO = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2']


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        tiny.write_llama(self.path / 'llama')
        tiny.write_features(self.path / 'features')

    def command(self, name: str, *more: str, processes: list[str] = []) -> list[str]:
        given = ['--base', str(self.path / 'llama'), '--features', str(self.path / 'features'), '--out', str(self.path / name)]
        return [sys.executable, *processes, str(LARGE / 'train_large.py'), *given, *RECIPE, *more]

    def train(self, *arguments, **options) -> str:
        command, environment = self.command(*arguments, **options), {**os.environ, 'OMP_NUM_THREADS': '1'}
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def curve(self, name: str) -> list[dict]:
        with open(self.path / name / 'curve.csv') as file:
            return list(csv.DictReader(file))

    def weights(self, name: str) -> dict[str, torch.Tensor]:
        return load_file(self.path / name / 'adapter' / 'adapter_model.safetensors')

    def test_the_same_run_by_every_road(self):
        # 1. Two processes, each with half of every batch; the script compares their weights whenever it saves.
        self.train('ddp', '--strategy', 'ddp', processes=TWO)
        losses = [float(line['loss']) for line in self.curve('ddp')]
        self.assertEqual(len(losses), STEPS)
        self.assertLess(sum(losses[-4:]), 0.6 * sum(losses[:4]))

        # 2. One process, killed after its second save.
        process = subprocess.Popen(self.command('killed'), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        curve = self.path / 'killed' / 'curve.csv'
        deadline = time.time() + 240
        while not (curve.exists() and len(curve.read_text().splitlines()) > 8):
            self.assertIsNone(process.poll())
            self.assertLess(time.time(), deadline)
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertFalse((self.path / 'killed' / 'adapter').exists())
        saved = torch.load(self.path / 'killed' / 'state.pt', weights_only=True)['step']
        self.assertIn(saved, range(6, STEPS, 3))

        # 3. Two processes in shards take it up where it was saved.
        said = self.train('killed', '--strategy', 'fsdp', processes=TWO)
        self.assertIn(f'from step {saved}', said)
        self.assertEqual([int(line['step']) for line in self.curve('killed')], list(range(1, STEPS + 1)))

        # 4. All of it makes no difference to what was learnt.
        one, other = self.weights('ddp'), self.weights('killed')
        self.assertEqual(one.keys(), other.keys())
        for name, tensor in one.items():
            self.assertLess((tensor - other[name]).abs().max().item(), 1e-4, name)
        self.assertGreater(max(tensor.abs().max().item() for name, tensor in one.items() if 'lora_B' in name), 1e-2)

    def test_learning_rate(self):
        rates = [rate_at(step, 100, 1.0) for step in range(100)]
        self.assertEqual(rates[4:6], [1.0, 1.0])
        self.assertEqual(rates[:5], sorted(rates[:5]))
        self.assertEqual(rates[5:], sorted(rates[5:], reverse=True))
        self.assertLess(rates[99], 1e-3)


if __name__ == '__main__':
    unittest.main()
