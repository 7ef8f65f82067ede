import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import features
import tiny
from tower import load_tower, pooling


class TowerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name)
        tiny.write_towers(cls.path / 'siglip', cls.path / 'clip')
        cls.pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (3, 96, 96, 3)).astype(np.uint8))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_cells_are_the_means_of_the_map(self):
        for side in (6, 8, 16, 24):  # even and uneven
            grid = torch.randn(1, 5, side, side)
            expected = F.adaptive_avg_pool2d(grid, 3).flatten(2)[0].T
            torch.testing.assert_close(pooling(side) @ grid.flatten(2)[0].T, expected)

    @torch.no_grad()
    def test_siglip(self):
        tower = load_tower(self.path / 'siglip', 10)
        tokens, embedding = tower(self.pixels)
        out = tower.model(pixel_values=self.pixels.permute(0, 3, 1, 2) / 127.5 - 1)
        torch.testing.assert_close(tokens[:, 0], out.pooler_output)
        rows = out.last_hidden_state.unflatten(1, (6, 6))
        torch.testing.assert_close(tokens[:, 2], rows[:, 0:2, 2:4].mean((1, 2)))   # row by row: the second is to the right
        torch.testing.assert_close(tokens[:, 4], rows[:, 2:4, 0:2].mean((1, 2)))
        torch.testing.assert_close(embedding.norm(dim=1), torch.ones(3))
        alone, _ = load_tower(self.path / 'siglip', 1)(self.pixels)
        torch.testing.assert_close(alone, tokens[:, :1])

    @torch.no_grad()
    def test_clip(self):
        tower = load_tower(self.path / 'clip', 10)
        tokens, embedding = tower(self.pixels)
        x = (self.pixels.permute(0, 3, 1, 2) / 255 - tower.mean.view(3, 1, 1) / 255) * (tower.scale.view(3, 1, 1) * 255)
        out = tower.model(pixel_values=x)
        torch.testing.assert_close(tokens[:, 0], tower.model.vision_model(pixel_values=x).pooler_output)
        torch.testing.assert_close(embedding, F.normalize(out.image_embeds, dim=-1))
        self.assertEqual(tokens.shape, (3, 10, 32))

    def test_features_hold_the_frames_that_the_gate_lets_through(self):
        shard, out = self.path / 'shard', self.path / 'features'
        (shard / 'videos').mkdir(parents=True)
        out.mkdir()
        for name in ('000000.mp4', '000001.mp4'):
            (shard / 'videos' / name).touch()
        (shard / 'annotations.jsonl').write_text('{"video": "000001.mp4", "t": 0.5, "text": "It rains."}\n')
        still, moved = self.pixels[0].numpy(), self.pixels[1].numpy()
        tower = load_tower(self.path / 'siglip', 10)
        features.make(shard, out, tower, tiny.GATE, torch.device('cpu'), batch=2, read=lambda video: [still, still, moved, still])
        first, second = json.loads((out / 'shard.json').read_text())
        self.assertEqual(first['actions'], ['encode', 'still', 'encode', 'encode'])
        self.assertEqual((first['first'], second['first'], second['events']), (0, 3, [[0.5, 'told', 'It rains.', 'It rains.']]))
        raw = np.load(out / 'shard.raw.npy')
        with torch.no_grad():
            expected = tower(self.pixels[[0, 1, 0]])[0].numpy()
        np.testing.assert_allclose(raw, np.concatenate([expected, expected]), atol=2e-3)


if __name__ == '__main__':
    unittest.main()
