import sys
import tempfile
import unittest
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from training import Run, orthogonalised


def student() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 4))


class MuonTest(unittest.TestCase):
    x, y = torch.randn(64, 3, 8, 8, generator=torch.Generator().manual_seed(1)), torch.arange(64) % 4

    def learn(self, run: Run, steps: int) -> float:
        for _ in range(steps):
            loss = nn.functional.cross_entropy(run.model(self.x), self.y)
            run.update(loss, {'loss': loss.item()})
        return loss.item()

    def test_all_directions_of_an_update_are_about_as_large(self):
        for shape in ((8, 40), (40, 8)):
            x = torch.randn(shape, generator=torch.Generator().manual_seed(2)) * torch.logspace(-1, 1, shape[1])
            sizes = torch.linalg.svdvals(orthogonalised(x))
            self.assertGreater(sizes.min().item(), 0.3)
            self.assertLess(sizes.max().item(), 1.3)
            left, _, right = torch.linalg.svd(x, full_matrices=False)
            torch.testing.assert_close(orthogonalised(x) / sizes.mean(), left @ right, rtol=0, atol=0.3)

    def test_it_learns_and_goes_on_where_it_stopped(self):
        with tempfile.TemporaryDirectory() as folder:
            begin = lambda name: Run(student(), Path(folder) / name, minutes=1e6, rate=3e-2, decay=0.05, muon=True)
            whole, half = begin('whole.pt'), begin('half.pt')
            first, loss = self.learn(whole, 1), self.learn(whole, 59)
            self.assertLess(loss, first / 3)
            self.learn(half, 30)
            half.save()
            rest = begin('half.pt')
            self.learn(rest, 30)
            for expected, parameter in zip(whole.model.parameters(), rest.model.parameters()):
                torch.testing.assert_close(parameter, expected, rtol=1e-3, atol=1e-4)

    def test_a_part_may_learn_slowly_and_what_is_frozen_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            model, untouched = student(), student()
            model[0].bias.requires_grad_(False)
            run = Run(model, Path(folder) / 'run.pt', minutes=1e6, rate=3e-3, decay=0.0, slowly=(model[3], 0.01), muon=True)
            self.learn(run, 5)
            moved = lambda name: (model.get_parameter(name) - untouched.get_parameter(name)).norm().item()
            self.assertEqual(moved('0.bias'), 0)
            self.assertGreater(moved('0.weight'), 0)
            size = lambda name: moved(name) / max(model.get_parameter(name).flatten(1).shape) ** 0.5
            self.assertLess(size('3.weight'), 0.05 * size('0.weight'))


if __name__ == '__main__':
    unittest.main()
