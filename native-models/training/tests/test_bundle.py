import json
import sys
import tempfile
import unittest
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import no_telemetry  # before ONNX Runtime
import onnxruntime

import tokenizer as words
import wording
from bundle import as_shipped, read_language, read_vision, write_bundle
from export import manifest
from go_on import read_text, unfold
from language import Language, LanguageConfig
from session import Decision, Session, Window
from text_tower import TextTower
from tokenizer import ASSISTANT, BOS, EOS, SILENT, USER
from vision import Vision, VisionConfig


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 240, 384, 3)).astype(np.uint8)


MENU = 'A menu was opened.'


class BundleTest(unittest.TestCase):
    """A tiny random model, written as a bundle and read back."""

    @classmethod
    def setUpClass(cls):
        torch.manual_seed(0)
        torch.set_num_threads(1)
        cls.vision = Vision(VisionConfig((8, 8, 16), (1, 1, 1), appearance=16, transition=8, embedding=16, hidden=32, out=32))
        for module in cls.vision.modules():
            if isinstance(module, torch.nn.BatchNorm2d):  # as if trained
                torch.nn.init.uniform_(module.weight, 0.5, 1.5)
                torch.nn.init.normal_(module.bias, std=0.1)
                torch.nn.init.normal_(module.running_mean, std=0.1)
        for parameter in (cls.vision.first.bias, cls.vision.second.bias, cls.vision.embed.bias):
            torch.nn.init.normal_(parameter, std=0.1)
        torch.nn.init.uniform_(cls.vision.scale, 0.5, 2)
        cls.frames = torch.from_numpy(pictures(5))
        cls.state = torch.zeros(1, cls.vision.config.state)
        with torch.no_grad():
            cls.unfolded = cls.vision.eval()(cls.frames, cls.state)
        cls.vision.fold()
        cls.language = as_shipped(Language(LanguageConfig(vocabulary=words.SIZE, width=32, layers=2, heads=2, inner=64)).eval())
        cls.tokenizer = words.train(wording.corpus())
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name)
        cls.text = TextTower(16, 32).eval()
        for parameter in cls.text.parameters():  # equal tensors would be written to the ONNX file once
            torch.nn.init.normal_(parameter, std=0.1)
        write_bundle(cls.path, cls.vision, cls.language, cls.tokenizer, manifest({'theta': 0.5}), cls.text, {'q8_0': 0.4})
        cls.onnx = onnxruntime.InferenceSession(str(cls.path / 'vision.onnx'))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_onnx(self, frames: np.ndarray, state: np.ndarray) -> list[np.ndarray]:
        return self.onnx.run(None, {'pixels': frames, 'state_in': state})

    def test_folding_changes_nothing(self):
        with torch.no_grad():
            for a, b in zip(self.unfolded, self.vision(self.frames, self.state)):
                self.assertLess((a - b).abs().max().item(), 1e-3)

    def test_batch_equals_single_steps(self):
        frames, state = pictures(5), np.zeros(self.state.shape, np.float32)
        frames[3] = frames[2]
        whole = self.run_onnx(frames, state)
        for index in range(5):
            tokens, still, embedding, state = self.run_onnx(frames[index:index + 1], state)
            for got, expected in zip((tokens, still, embedding), whole):
                np.testing.assert_allclose(got[0], expected[index], atol=1e-4)
        np.testing.assert_allclose(state, whole[3], atol=1e-4)
        np.testing.assert_allclose(whole[0][0], whole[1][0], atol=1e-6)   # no frame before: nothing has changed
        np.testing.assert_allclose(whole[0][3], whole[1][3], atol=1e-6)   # a repeat: nothing has changed
        self.assertGreater(np.abs(whole[0][1] - whole[1][1]).max(), 1e-3)
        np.testing.assert_allclose(np.linalg.norm(whole[2], axis=1), 1, atol=1e-5)

    def test_vision_read_back(self):
        vision = read_vision(self.path / 'vision.onnx')
        with torch.no_grad():
            for got, expected in zip(vision(self.frames, self.state), self.run_onnx(self.frames.numpy(), self.state.numpy())):
                np.testing.assert_allclose(got.numpy(), expected, atol=1e-3)

    def test_text_tower_takes_rows_of_any_length(self):
        rows = [self.tokenizer.encode(text).ids for text in ('a terminal', 'a dark desktop with a web browser in front')]
        ids = np.array([row + [words.PAD] * (max(map(len, rows)) - len(row)) for row in rows])
        text = onnxruntime.InferenceSession(str(self.path / 'text.onnx'))
        both = text.run(None, {'ids': ids})[0]
        with torch.no_grad():
            np.testing.assert_allclose(both, self.text(torch.from_numpy(ids)).numpy(), atol=1e-5)
        np.testing.assert_allclose(both[:1], text.run(None, {'ids': ids[:1, :len(rows[0])]})[0], atol=1e-5)

    def test_training_can_go_on_from_a_bundle(self):
        again, tower = unfold(self.vision, Vision(self.vision.config)).eval(), read_text(self.path / 'text.onnx').eval()
        ids = torch.tensor([self.tokenizer.encode('a terminal').ids])
        with torch.no_grad():
            for got, expected in zip(again(self.frames, self.state), self.vision(self.frames, self.state)):
                self.assertLess((got - expected).abs().max().item(), 1e-4)
            self.assertLess((tower(ids) - self.text(ids)).abs().max().item(), 1e-5)
        self.assertTrue(all(parameter.requires_grad for name, parameter in again.named_parameters() if name.endswith('norm.weight')))

    def test_language_read_back(self):
        language, tokenizer = read_language(self.path / 'language.gguf')
        for key, tensor in self.language.state_dict().items():
            self.assertTrue(torch.equal(tensor, language.state_dict()[key]), key)
        for text in ('<|user|>What just happened?', 'A web browser opened. äö 한글', '<|assistant|>Ünknown<|eos|>'):
            self.assertEqual(tokenizer.encode(text).ids, self.tokenizer.encode(text).ids)

    def test_eight_bit_weights_are_a_bundle_of_their_own_beside_it(self):
        language, _ = read_language(self.path / 'language.q8_0.gguf')
        rounded = as_shipped(deepcopy(self.language), 'q8_0').state_dict()
        for key, tensor in language.state_dict().items():
            self.assertTrue(torch.equal(tensor, rounded[key]), key)
            size = self.language.state_dict()[key].abs().max()
            self.assertLess((tensor - self.language.state_dict()[key]).abs().max(), size / 200 + 1e-6, key)  # 127 steps a side
        usual, other = (json.loads((self.path / name).read_text()) for name in ('bundle.json', 'bundle.q8_0.json'))
        self.assertEqual((usual['decision']['theta'], other['decision']['theta']), (0.5, 0.4))
        self.assertEqual(other['decision']['calibration'], {'f16': 0.5, 'q8_0': 0.4})
        self.assertEqual(other['files']['vision'], usual['files']['vision'])
        self.assertEqual(other['files']['language']['path'], 'language.q8_0.gguf')

    def test_manifest_names_the_files_as_they_are(self):
        document = json.loads((self.path / 'bundle.json').read_text())
        for file in document['files'].values():
            self.assertEqual((self.path / file['path']).stat().st_size, file['bytes'])
        self.assertEqual(document['vision']['stateWidth'], self.state.shape[1])

    def test_cached_steps_equal_one_pass(self):
        x = torch.randn(1, 40, 32)
        caches = [[] for _ in range(2)]
        with torch.no_grad():
            steps = torch.cat([self.language(x[:, i:i + 10], caches) for i in range(0, 40, 10)], 1)
            self.assertLess((steps - self.language(x)).abs().max().item(), 1e-4)

    def test_forgetting_moves_what_follows_up(self):
        """In one layer, keys and values depend on their own input only: a cache with a hole closed equals one never filled."""
        language = Language(replace(self.language.config, layers=1)).eval()
        x = torch.randn(1, 41, 32)
        with torch.no_grad():
            caches, fresh = [[]], [[]]
            language(x[:, :40], caches)
            language.forget(caches, 5, 25)
            language(torch.cat([x[:, :5], x[:, 25:40]], 1), fresh)
            self.assertLess((language(x[:, 40:], caches) - language(x[:, 40:], fresh)).abs().max().item(), 1e-4)

    def test_session_keeps_to_its_window_and_its_rules(self):
        session = Session(self.language, self.tokenizer, Decision(theta=1.0, refractory=1.0, cap=4), wording.DEFAULT_INSTRUCTION.text, Window(high=120, low=60, replies=12))
        said = []
        with torch.no_grad():
            for index in range(40):
                _, text = session.frame(index / 2, torch.randn(10, 32))
                said.append(text is not None)
                length = sum(length for _, length in session.spans)
                self.assertEqual(length, session.caches[0][0].shape[2])
                self.assertLess(length, 120 + 8)
        self.assertEqual(said, [index % 2 == 0 for index in range(40)])   # refractory: a second between narrations

    def test_session_takes_back_what_it_has_just_said(self):
        session = Session(self.language, self.tokenizer, Decision(theta=1.0, repeat=2.0, cap=1), wording.DEFAULT_INSTRUCTION.text)
        said = {}
        with torch.no_grad():
            for index in range(40):
                _, text = session.frame(index / 2, torch.randn(10, 32))
                self.assertEqual(sum(length for _, length in session.spans), session.caches[0][0].shape[2])
                self.assertEqual(session.spans[-1][0], 'frame' if text is None else 'reply')
                if text is not None:
                    self.assertGreaterEqual(index / 2 - said.get(text, -2), 2)
                    said[text] = index / 2
        self.assertLess(sum(kind == 'reply' for kind, _ in session.spans), 40)

    def test_session_keeps_in_mind_what_the_instruction_does_not_ask_for(self):
        session = Session(self.language, self.tokenizer, Decision(theta=1.1, cap=3), 'Only errors.')
        verdicts, asked = iter([True, False] * 10), []
        session.asks_for = lambda text: asked.append(text) or next(verdicts)
        with torch.no_grad():
            said = [session.frame(index / 2, torch.randn(10, 32))[1] for index in range(20)]
        self.assertEqual(said, [text if index % 2 == 0 else None for index, text in enumerate(asked)])
        self.assertEqual([kind for kind, _ in session.spans[1:]], ['frame', 'reply'] * 20)

    def test_a_verdict_is_that_of_instruction_and_sentence_alone(self):
        session = Session(self.language, self.tokenizer, Decision(theta=0), 'Only errors.')
        narrow, usual = (session.asks_for(MENU), Session(self.language, self.tokenizer, Decision(theta=0), wording.DEFAULT_INSTRUCTION.text).asks_for(MENU))
        with torch.no_grad():
            for index in range(5):
                session.frame(index / 2, torch.randn(10, 32))
        self.assertEqual(session.asks_for(MENU), narrow)
        self.assertTrue(usual)
        tokens = torch.tensor([BOS, USER, *self.tokenizer.encode('Only errors.').ids, ASSISTANT, *self.tokenizer.encode(MENU).ids])
        logits = self.language.logits(self.language(self.language.embed(tokens)[None]))[0, -1]
        self.assertEqual(narrow, bool(logits[EOS] >= logits[SILENT]))

    def test_in_the_stream_an_instruction_is_one_to_tell_everything_in_its_language(self):
        self.assertEqual(wording.to_tell_everything('오류만 알려 줘.'), wording.EVERYTHING['ko'])
        self.assertEqual(wording.to_tell_everything('Only tell me about errors.'), wording.EVERYTHING['en'])


if __name__ == '__main__':
    unittest.main()
