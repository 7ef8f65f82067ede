import copy
import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import no_telemetry  # before ONNX Runtime
import onnxruntime

import tokenizer as words
import wording
from augment import Look
from bundle import read_close_up, write_close_up
from close_up import CONFIG, CloseUp
from dialogue import CLOSE_UP, FRAME, IGNORED, Recipe, judgement
from go_on import unfold
from language import Language, LanguageConfig
from pictures import Writer
from session import Decision, Session
from tokenizer import EOS, USER
from train_close_up import Interruptions, Pupil, Stills, named, pictured, together
from train_language import Streams
from train_vision import depths
from vision import HEIGHT, TOKENS, WIDTH, Appearance, Encoder, VisionConfig

STATE = {
    'blank': False, 'dialog': None, 'menu': False, 'notification': False, 'progress': None, 'front': 'editor', 'open': ['editor', 'terminal'],
    'caption': 'An editor is in front.', 'layers': [['terminal', 0, 0, 1, 1, None], ['editor', 0.25, 0.25, 0.5, 0.5, None]],
}


def pictures(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, HEIGHT, WIDTH, 3), np.uint8)


def write_shard(folder: Path, name: str, count: int):
    with Writer(folder, name) as writer:
        for picture in pictures(count):
            writer.add(picture)
    stream = {'actions': ['encode'] * count, 'first': 0, 'events': [[1.0, 'menu-opened', None, 'A menu was opened.']], 'states': [STATE] * count, 'size': [WIDTH, HEIGHT]}
    (folder / f'{name}.json').write_text(json.dumps([stream]))


class CloseUpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(0)
        torch.set_num_threads(1)
        cls.tokenizer = words.train(wording.corpus())
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_it_begins_with_what_the_encoder_of_the_stream_sees(self):
        encoder, appearance, close_up = Encoder(VisionConfig()).eval(), Appearance(VisionConfig()).eval(), CloseUp().eval()
        close_up.encoder.load_state_dict(encoder.state_dict(), strict=False)
        close_up.appearance.load_state_dict(appearance.state_dict())
        x = torch.rand(1, 3, HEIGHT, WIDTH)
        with torch.no_grad():
            there = close_up.see(x)
            torch.testing.assert_close(there, appearance(encoder(x)))
            cells = torch.nn.functional.avg_pool2d(torch.nn.functional.pad(there, (0, 0, 0, 1)), 2)
            expected = close_up.norm(cells.flatten(2).transpose(1, 2) + close_up.place)
            torch.testing.assert_close(close_up.gather(there)[0], expected)

    def test_what_is_shipped_is_what_was_trained(self):
        close_up = CloseUp()
        for parameter in close_up.parameters():  # equal tensors would be written once
            parameter.data += torch.randn_like(parameter) * 0.02
        for module in close_up.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.normal_(module.running_mean, std=0.1)
        shown = torch.from_numpy(pictures(3))
        with torch.no_grad():
            unfolded = close_up.eval()(shown)
            torch.testing.assert_close(close_up.fold()(shown), unfolded, rtol=1e-3, atol=1e-3)
            path = self.folder / 'close-up.onnx'
            write_close_up(path, close_up)
            self.assertLess(path.stat().st_size, 2.1 * sum(p.numel() for p in close_up.parameters()))
            session = onnxruntime.InferenceSession(path)
            for count in (1, 3):
                tokens = session.run(None, {'pixels': shown[:count].numpy()})[0]
                self.assertEqual(tokens.shape, (count, TOKENS, CONFIG.out))
                self.assertLess(np.abs(tokens - unfolded[:count].numpy()).max(), 0.01 * unfolded.abs().max().item() + 0.005)
            read = read_close_up(path)
            torch.testing.assert_close(read(shown), torch.from_numpy(session.run(None, {'pixels': shown.numpy()})[0]), rtol=1e-3, atol=1e-3)
            again = unfold(read, CloseUp()).eval()
            self.assertIsNotNone(again.encoder.stages[0]['enter'].norm)
            torch.testing.assert_close(again(shown), read(shown), rtol=1e-3, atol=1e-3)

    def test_questions_about_stills_and_in_streams(self):
        write_shard(self.folder, 'still-00', 2)
        write_shard(self.folder, 'train-00', 12)
        random = np.random.default_rng(0)
        np.save(self.folder / 'train-00.raw.npy', random.normal(size=(12, TOKENS, VisionConfig().raw)).astype(np.float16))
        stills = self.folder / 'stills'
        stills.mkdir()
        for path in self.folder.glob('still-00.*'):
            path.rename(stills / path.name)
        some = Stills(stills, self.tokenizer, random, plain=1)
        others = Interruptions(Streams(self.folder, self.folder, ['train-*.json']), self.folder, some, self.tokenizer, random)
        item = some.sample()
        sequence = item['asked'][0]['sequence']
        first = sequence.tokens.index(CLOSE_UP)
        self.assertEqual(sequence.tokens[first:first + TOKENS + 1], [CLOSE_UP] * TOKENS + [USER])
        learned = [target for target in sequence.targets if target != IGNORED]
        self.assertIn(self.tokenizer.decode(learned[:-1]), [wording.describe(STATE, language, front) for language in ('en', 'ko') for front in (True, False)])
        self.assertTrue((item['picture'] == pictures(2)[sequence.looks[0]]).all())
        elsewhere = []
        for _ in range(20):
            item = others.sample()
            sequence = item['sequence']
            at = sequence.tokens.index(CLOSE_UP)
            frames = sequence.tokens.count(FRAME) // TOKENS
            self.assertEqual((len(sequence.rows), len(sequence.still)), (frames, frames))
            self.assertEqual(sequence.tokens[-1], EOS)
            self.assertEqual(sequence.tokens.count(EOS), sequence.tokens[:at].count(EOS) + 1)
            self.assertEqual(len(sequence.tokens), len(sequence.targets))
            newest = (item['picture'] == pictures(12)[max(sequence.rows)]).all()  # of those that it has been shown
            elsewhere.append(not newest)
            self.assertTrue(newest or any((item['picture'] == still).all() for still in pictures(2)))
        self.assertEqual(set(elsewhere), {True, False})

        about, during = [some.sample() for _ in range(3)], [others.sample() for _ in range(2)]
        verdicts = [{'sequence': judgement(self.tokenizer, random, Recipe())} for _ in range(4)]
        asked = [question for item in about for question in item['asked']]
        pupil = Pupil()
        before = copy.deepcopy(pupil.narrator.language).requires_grad_(False)
        tokens, figures = pupil.see(pictured(about + during))
        self.assertEqual(tokens.shape, (5, TOKENS, CONFIG.out))
        short = pupil.answers(together(asked + verdicts), tokens[:3].repeat_interleave(3, 0), before)
        long = pupil.answers(together(during), tokens[3:], before)
        self.assertEqual((len(short['right']), len(long['right'])), (13, 2))
        self.assertLess(abs(short['drift'].item()) + abs(long['drift'].item()), 1e-6)  # nothing has been learned
        losses = lambda figures: sum(figures[name] for name in ('places', 'depth', 'state', 'named'))
        learns = lambda: {name for name, parameter in pupil.named_parameters() if parameter.grad is not None}
        pupil.learn('look')
        losses(pupil.see(pictured(about))[1]).backward()
        looked = learns()
        self.assertIn('close.layers.0.inner.weight', looked)
        self.assertFalse([name for name in looked if name.startswith(('narrator.', 'close.encoder.stages.0.'))])
        pupil.zero_grad()
        pupil.learn('words')
        tokens, figures = pupil.see(pictured(about + during))
        short = pupil.answers(together(asked + verdicts), tokens[:3].repeat_interleave(3, 0), before)
        long = pupil.answers(together(during), tokens[3:], before)
        (losses(figures) + short['reply'] + long['reply'] + long['drift']).backward()
        spoken = learns()
        self.assertEqual({name for name in spoken if not name.startswith('narrator.language.')}, {f'close.{part}.{of}' for part in ('first', 'second') for of in ('weight', 'bias')})
        self.assertEqual(len([name for name in spoken if name.startswith('narrator.')]), len([*pupil.narrator.language.parameters()]))
        with torch.no_grad():
            for parameter in pupil.narrator.language.parameters():
                parameter += torch.randn_like(parameter) * 0.05
            self.assertGreater(pupil.answers(together(during), tokens[3:], before)['drift'].item(), 0.01)

    def test_how_deep_a_place_is(self):
        layers = [['terminal', 0, 0, 1, 0.5, None], ['mail', 0, 0, 0.5, 1, None], ['error', 0, 0, 0.25, 0.25, None], ['menu', 0.75, 0, 0.25, 0.25, None]]
        deep = depths(layers, (WIDTH, HEIGHT), Look())
        rows, columns = deep.shape
        self.assertEqual((deep[0, 0], deep[rows // 2, 0], deep[rows // 3, columns - 1], deep[0, columns - 1], deep[-1, -1]), (0, 1, 2, -1, -1))
        deeper = depths([['video', 0, 0, 1, 1, None], *layers], (WIDTH, HEIGHT), Look())
        self.assertEqual(deeper[-1, -1], 2)
        self.assertTrue((depths([['blank', 0, 0, 1, 1, None]], (WIDTH, HEIGHT), Look()) == -1).all())

    def test_what_an_answer_names(self):
        self.assertEqual(named(STATE), ['editor', 'terminal', None, None])
        self.assertEqual(named(STATE | {'dialog': 'error', 'open': ['video', 'editor', 'terminal', 'mail']}), ['error', 'editor', 'mail', 'terminal'])
        self.assertEqual(named(STATE | {'front': None, 'open': []}), [None] * 4)
        self.assertEqual(named(STATE | {'blank': True, 'front': None, 'open': []}), ['blank', None, None, None])

    def test_a_session_forgets_it_with_the_answer(self):
        language = Language(LanguageConfig(vocabulary=words.SIZE)).eval()
        with torch.inference_mode():
            plain, looked = (Session(language, self.tokenizer, Decision(0.0), wording.DEFAULT_INSTRUCTION.text) for _ in range(2))
            tokens = torch.randn(3, TOKENS, 256)
            for session in (plain, looked):
                session.frame(0, tokens[0])
            plain.ask('What is in front?')
            looked.ask('What is in front?', tokens[1])
            self.assertEqual([kind for kind, _ in looked.spans], [kind for kind, _ in plain.spans])
            self.assertEqual(sum(length for _, length in looked.spans), looked.caches[0][0].shape[2])
            looked.frame(1, tokens[2])


if __name__ == '__main__':
    unittest.main()
