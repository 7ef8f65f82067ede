import sys
import tempfile
import unittest
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaForCausalLM

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tiny
from gguf_files import write_adapter
from narrator import load_adapter, save_adapter
from to_bundle import write_merged


class ExportTest(unittest.TestCase):
    """That llama.cpp computes the same from these files is tests/integration/large-adapter.test.ts."""

    def make(self, folder: Path, tied: bool):
        tiny.write_llama(folder / 'llama', tied)
        narrator = tiny.random_narrator(folder / 'llama', 32)
        trained = {name: parameter for name, parameter in narrator.named_parameters() if parameter.requires_grad}
        save_adapter(folder / 'adapter', trained, narrator.language.peft_config['default'])
        return narrator

    def test_names_and_shapes_are_those_of_the_published_adapter(self):
        with tempfile.TemporaryDirectory() as name:
            self.make(Path(name), False)
            weights = load_file(Path(name) / 'adapter' / 'adapter_model.safetensors')
            shapes = {key: tuple(tensor.shape) for key, tensor in weights.items()}
            self.assertEqual(len(shapes), 2 * (7 * 2 + 1) + 4)
            self.assertEqual(shapes['base_model.model.model.layers.1.self_attn.k_proj.lora_A.weight'], (8, 64))
            self.assertEqual(shapes['base_model.model.model.layers.1.self_attn.k_proj.lora_B.weight'], (32, 8))
            self.assertEqual(shapes['base_model.model.lm_head.lora_B.weight'], (1024, 8))
            self.assertEqual(shapes['base_model.model.connector.2.weight'], (64, 64))
            pairs, connected, alpha = load_adapter(Path(name) / 'adapter')
            self.assertEqual((len(pairs), len(connected), alpha), (15, 4, 16))

    def test_merged_weights_say_the_same_also_over_a_tied_base(self):
        tokens = torch.arange(20, 60)[None]
        for tied in (False, True):
            with tempfile.TemporaryDirectory() as name, torch.no_grad():
                folder = Path(name)
                narrator = self.make(folder, tied)
                write_merged(folder / 'llama', folder / 'adapter', folder / 'merged')
                merged = LlamaForCausalLM.from_pretrained(folder / 'merged', dtype=torch.float32)
                expected = narrator.llama.lm_head(narrator.states(tokens, torch.zeros(0, 10, 32)))
                # bf16 keeps eight bits of each weight.
                self.assertLess((merged(input_ids=tokens).logits - expected).abs().max(), 0.05 * expected.abs().max())
                with narrator.language.disable_adapter():
                    base = narrator.llama.lm_head(narrator.states(tokens, torch.zeros(0, 10, 32)))
                self.assertGreater((base - expected).abs().max(), 0.2 * expected.abs().max())
                self.assertTrue((folder / 'merged' / 'tokenizer.json').exists())

    def test_an_adapter_over_a_tied_base_is_refused(self):
        with self.assertRaisesRegex(ValueError, '--merge'):
            write_adapter(Path('unused'), {}, 1, LlamaConfig(tie_word_embeddings=True), 'x')


if __name__ == '__main__':
    unittest.main()
