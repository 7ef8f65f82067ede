"""Tiny engines of random weights, in the layout of real ones: for the tests, and to try the commands without a GPU.

    python tiny.py --out DIR                DIR/llama, DIR/siglip, DIR/clip, DIR/features
    python tiny.py --out DIR --bundles      besides: DIR/adapter (random, not zero), DIR/bundle (base + adapter), DIR/merged, and
                                            DIR/expected.json, what plain PyTorch makes of them
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection, SiglipVisionConfig, SiglipVisionModel
from transformers import LlamaConfig, LlamaForCausalLM

sys.path.append(str(Path(__file__).resolve().parent.parent))
import tokenizer as words
import wording
from narrator import Narrator, lora, save_adapter
from protocols import PRESETS
from to_bundle import write_bundle
from tower import load_tower

GATE = {'cell': 16, 'threshold': 1.5, 'keep': 6}
SIZE = 96  # of the towers' pictures


def write_llama(folder: Path, tied: bool = False, **changes):
    torch.manual_seed(0)
    config = LlamaConfig(**{
        'vocab_size': words.SIZE, 'hidden_size': 64, 'intermediate_size': 96, 'num_hidden_layers': 2, 'num_attention_heads': 4,
        'num_key_value_heads': 2, 'max_position_embeddings': 2048, 'initializer_range': 0.1, 'tie_word_embeddings': tied,
        'bos_token_id': words.BOS, 'eos_token_id': words.EOS, 'pad_token_id': words.PAD, **changes,
    })
    model = LlamaForCausalLM(config)
    for parameter in model.parameters():  # what a GGUF file in f16 can hold exactly
        parameter.data = parameter.data.half().float()
    model.save_pretrained(folder)
    words.train(wording.corpus()).save(str(folder / 'tokenizer.json'))


def write_towers(siglip: Path, clip: Path):
    torch.manual_seed(0)
    shape = {'hidden_size': 32, 'intermediate_size': 48, 'num_hidden_layers': 2, 'num_attention_heads': 2, 'image_size': SIZE}
    SiglipVisionModel(SiglipVisionConfig(**shape, patch_size=16)).save_pretrained(siglip)
    # 8 x 8 places, which 3 x 3 cells do not divide.
    CLIPVisionModelWithProjection(CLIPVisionConfig(**shape, patch_size=12, projection_dim=16)).save_pretrained(clip)


def write_features(folder: Path, streams: int = 8, frames: int = 24, tokens: int = 10, width: int = 32):
    """Streams with something to learn in them: the frame of an event is unlike the others, and each kind has its own sign."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    events = wording.all_events()[:4]
    signs = random.standard_normal((len(events), width))
    features, described = [], []
    for index in range(streams):
        raw = 0.1 * random.standard_normal((frames, tokens, width))
        told = []
        for frame in sorted(random.choice(np.arange(2, frames), 4, replace=False)):
            which = random.integers(len(events))
            raw[frame] += signs[which]
            kind, subject = events[which]
            told.append([frame / 2, kind, subject, wording.narration(kind, subject)])
        stream = {'actions': ['encode'] * frames, 'first': index * frames, 'events': told, 'states': None}
        described.append({'video': f'{index:06}.mp4', **stream})
        features.append(raw)
    np.save(folder / 'train-00.raw.npy', np.concatenate(features).astype(np.float16))
    (folder / 'train-00.json').write_text(json.dumps(described))
    (folder / 'tower.json').write_text(json.dumps({'tokens': tokens, 'width': width, 'size': SIZE, 'gate': GATE}))


def random_narrator(base: Path, width: int) -> Narrator:
    """As if trained: B is not zero."""
    torch.manual_seed(1)
    narrator = Narrator(LlamaForCausalLM.from_pretrained(base, dtype=torch.float32), width, lora(rank=8, alpha=16)).eval()
    for name, parameter in narrator.named_parameters():
        if 'lora_B' in name:
            torch.nn.init.normal_(parameter, std=0.05)
    return narrator


def write_bundles(out: Path):
    narrator = random_narrator(out / 'llama', 32)
    trained = {name: parameter for name, parameter in narrator.named_parameters() if parameter.requires_grad}
    save_adapter(out / 'adapter', trained, narrator.language.peft_config['default'])
    stated = {
        'name': 'tiny-large', 'version': '1', 'licence': 'Apache-2.0', 'provenance': 'Random weights, for tests.',
        'languages': ['en'], 'theta': 0.5, 'high': 600, 'low': 400,
    }
    about = json.loads((out / 'features' / 'tower.json').read_text())
    for folder, tower, merged in (('bundle', 'siglip', False), ('merged', 'clip', True)):
        write_bundle(out / folder, out / 'llama', None, out / 'adapter', out / tower, about, PRESETS['desk'], stated, merged)

    random = np.random.default_rng(0)
    pixels = torch.from_numpy(random.integers(0, 256, (3, SIZE, SIZE, 3)).astype(np.uint8))
    tokens = [words.BOS, words.USER, *(int(token) for token in random.integers(len(words.SPECIAL), 400, 20))]
    expected = {'pixels': pixels.flatten().tolist(), 'tokens': tokens}
    with torch.no_grad():
        for folder, tower in (('bundle', 'siglip'), ('merged', 'clip')):
            raw, embedding = load_tower(out / tower, 10)(pixels)
            sequence = torch.tensor([[*tokens, *[-1] * 30]])                                          # words, then three frames
            logits = narrator.llama.lm_head(narrator.states(sequence, raw))[0]
            expected[folder] = {
                'vision': narrator.connector(raw).flatten().tolist(), 'embedding': embedding.flatten().tolist(),
                'afterWords': logits[len(tokens) - 1].tolist(), 'afterFrames': logits[len(tokens) + 9::10].tolist(),
            }
        with narrator.language.disable_adapter():
            expected['base'] = narrator.llama.lm_head(narrator.states(torch.tensor([tokens]), raw[:0]))[0, -1].tolist()
    (out / 'expected.json').write_text(json.dumps(expected))


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--bundles', action='store_true')
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    write_llama(options.out / 'llama')
    write_towers(options.out / 'siglip', options.out / 'clip')
    write_features(options.out / 'features')
    if options.bundles:
        write_bundles(options.out)
