import contextlib
import io
import json
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tokenizer as words
import train_jointly
import train_vision
import wording
from augment import Look, any_look, show
from average import average
from cache_tokens import raw_tokens
from pictures import Gallery, Pictures, Writer
from train_jointly import Whole, clip_batches, read_streams, sequence_batches
from train_vision import THINGS, places
from training import DEVICE, on_device, weights_of
from vision import HEIGHT, WIDTH

STATE = {
    'blank': False, 'dialog': None, 'menu': False, 'notification': False, 'progress': None, 'front': 'editor', 'open': ['editor'],
    'caption': 'An editor is in front.', 'typing': False, 'scrolling': False, 'running': False, 'playing': False,
    'layers': [['editor', 0.25, 0.25, 0.5, 0.5, None]],
}


def write_shard(folder: Path, name: str, count: int, seed: int):
    """A stream whose frames are all encoded, with one event."""
    random = np.random.default_rng(seed)
    with Writer(folder, name) as pictures:
        for _ in range(count):
            pictures.add(np.repeat(np.repeat(random.integers(0, 255, (15, 24, 3), np.uint8), 16, 0), 16, 1))
    stream = {
        'actions': ['encode'] * count, 'first': 0, 'events': [[1.0, 'menu-opened', None, 'A menu was opened.']],
        'states': [STATE] * count, 'size': [WIDTH, HEIGHT],
    }
    (folder / f'{name}.json').write_text(json.dumps([stream]))


class LooksTest(unittest.TestCase):
    def test_no_look_changes_nothing(self):
        pictures = torch.randint(0, 256, (2, HEIGHT, WIDTH, 3), dtype=torch.uint8)
        self.assertTrue(torch.equal(show(pictures, [Look(), Look()]), pictures.permute(0, 3, 1, 2).float() * (2 / 255) - 1))

    def test_what_is_the_same_stays_the_same(self):
        picture = torch.randint(0, 256, (1, HEIGHT, WIDTH, 3), dtype=torch.uint8)
        random = np.random.default_rng(0)
        for look in (any_look(random) for _ in range(20)):
            shown = show(picture.expand(2, -1, -1, -1), [look, look])
            self.assertEqual(torch.equal(shown[0], shown[1]), not look.noisy)
            self.assertTrue(shown.min() >= -1 and shown.max() <= 1)

    def test_the_map_follows_the_picture(self):
        white = torch.zeros(1, HEIGHT, WIDTH, 3, dtype=torch.uint8)
        white[:, 60:180, 96:288] = 255  # the area of STATE's layer
        for look in (Look(scale=0.9, left=-30.0, top=12.0), Look(scale=1.1, left=20.0, top=-8.0)):
            shown = show(white, [look])[0, 0].unfold(0, 16, 16).unfold(1, 16, 16).mean((2, 3))     # [15, 24]
            there = places(STATE['layers'], (WIDTH, HEIGHT), look)[0] == THINGS.index('editor')
            sure = shown.abs() > 0.9  # not at the edge of the area
            self.assertTrue(np.array_equal(there[sure.numpy()], (shown > 0)[sure].numpy()))

    def test_a_blank_screen_stays_blank(self):
        self.assertEqual(show(torch.zeros(1, HEIGHT, WIDTH, 3, dtype=torch.uint8), [Look(inverted=True)]).max(), -1)


class JointTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.cache = Path(cls.folder.name)
        for index, name in enumerate(['train-a', 'train-b']):
            write_shard(cls.cache, name, 7 + index, index)
        cls.gallery = Gallery(cls.cache, ['train-a', 'train-b'])
        cls.streams = read_streams(cls.cache, ['train-a', 'train-b'], cls.gallery)
        cls.tokenizer = words.train(wording.corpus())

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_gallery_counts_through_the_shards(self):
        numbers = torch.tensor([6, 7, 14])
        expected = np.concatenate([Pictures(self.cache, 'train-a')[6:7], *(Pictures(self.cache, 'train-b')[at:at + 1] for at in (0, 7))])
        self.assertTrue(np.array_equal(self.gallery[numbers].cpu().numpy(), expected))

    def test_pictures_leave_no_file_open(self):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter('always')
            Pictures(self.cache, 'train-a')[0:2]
        self.assertEqual([str(warning.message) for warning in told if warning.category is ResourceWarning], [])

    def test_sequences_see_what_is_cached_for_the_decoder(self):
        torch.manual_seed(0)
        whole = Whole().to(DEVICE).eval()
        numbers, _, tensors = next(sequence_batches(self.streams, 3, self.tokenizer, np.random.default_rng(0)))
        batch = on_device(tensors)
        with torch.inference_mode():
            raw = whole.raw(show(self.gallery[numbers], [Look()] * len(numbers)), batch['before'], batch['follows'])[batch['rows']].cpu()
        cached = {}
        for stream in self.streams:
            shown = self.gallery[torch.arange(stream['at'], stream['at'] + len(stream['shown']))].cpu().numpy()
            for row, tokens in enumerate(raw_tokens(whole.student.vision.cpu(), shown)):
                cached[stream['at'] + row] = torch.from_numpy(tokens).float()
        expected = torch.stack([cached[number] for number in numbers[tensors['rows']].tolist()])
        self.assertEqual((tensors['tokens'] == -1).sum(), raw.shape[0] * raw.shape[1])
        self.assertLess((raw - expected).abs().max(), 0.05 * expected.abs().max())  # bfloat16 in batches of another size

    def test_what_is_held_stays_as_it_is(self):
        torch.manual_seed(0)
        Whole().save(self.cache)
        self.tokenizer.save(str(self.cache / 'tokenizer.json'))
        a_step = ['--cache', self.cache, '--tokenizer', self.cache / 'tokenizer.json', '--minutes', 0.0001, '--clips', 2]
        begin, heads, joint = self.cache / 'vision.pt', self.cache / 'heads.pt', self.cache / 'joint'
        run = lambda train, *more: train.main([str(argument) for argument in [*a_step, *more]])
        with contextlib.redirect_stdout(io.StringIO()):
            run(train_vision, '--heads', begin, '--length', 2, '--out', heads)
            run(train_jointly, '--vision', heads, '--language', self.cache / 'language.pt', '--recorded', 0, '--sequences', 1, '--hold', '--out', joint)
        self.assertEqual({part for part in learned(begin, heads) if part != 'spread'}, {'temperature', 'state', 'thing', 'before', 'event'})
        self.assertEqual(learned(self.cache / 'language.pt', joint / 'language.pt'), {'connector'})
        seen = learned(heads, joint / 'vision.pt', 4)
        self.assertTrue({'vision.encoder.stages.2', 'thing'} <= {name.removesuffix('.weight') for name in seen}, seen)
        self.assertFalse([name for name in seen if name.startswith(('text', 'vision.encoder.stages.0', 'vision.encoder.stages.1'))])

    def test_clips_are_pairs_of_neighbours(self):
        numbers, looks, target = next(clip_batches(self.streams, 5, 0, self.tokenizer, np.random.default_rng(0)))
        self.assertTrue(torch.equal(numbers[1::2], numbers[::2] + 1))
        self.assertEqual(looks[::2], looks[1::2])
        self.assertEqual(target['things'].shape, (10, 15, 24))

    def test_average_of_weights(self):
        first, second = ({'weight': torch.full((2,), value), 'count': torch.tensor(int(value))} for value in (1.0, 3.0))
        mean = average(first, second, 0.75)
        self.assertTrue(torch.equal(mean['weight'], torch.full((2,), 2.5)))
        self.assertEqual(mean['count'], 3)


def learned(before: Path, after: Path, depth: int = 1) -> set[str]:
    """The first `depth` parts of the names of all weights that are no longer what they were."""
    before, after = weights_of(before), weights_of(after)
    return {'.'.join(name.split('.')[:depth]) for name, value in after.items() if not torch.equal(before[name], value)}


if __name__ == '__main__':
    unittest.main()
