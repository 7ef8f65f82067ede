"""Step 3: what was trained as a bundle for the program.

    python to_bundle.py --base LLAMA --language llama-q8_0.gguf --adapter RUN/adapter --tower SIGLIP --features FEATURES \
        --protocol paper --out BUNDLE

The bundle holds the base as GGUF (`--language`, made of LLAMA by llama.cpp's convert_hf_to_gguf.py, quantised or not), the LoRA
as adapter.gguf over it, and tower and connector as one vision.onnx. Without --language the base must have this project's own
tokenizer, as tiny engines have, and is written here as f16.

    python to_bundle.py --base LLAMA --adapter RUN/adapter --merge MERGED

writes LLAMA with the LoRA added to its weights, in Hugging Face layout, for convert_hf_to_gguf.py; the bundle is then made with
`--language merged.gguf --merged`. That is the only way for a base whose head is tied to its embeddings, and one matrix less to
multiply at run time for all others.

--adapter may be any adapter in PEFT's layout with its connector, such as the published one.
"""

import argparse
import json
import os
import shutil
import sys
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM

sys.path.append(str(Path(__file__).resolve().parent.parent))
import tokenizer as words
import wording
from bundle import describe
from gguf_files import merge, write_adapter, write_base
from narrator import connector, load_adapter
from protocols import load_protocol, load_tokenizer
from tower import Tower, load_tower

LIMITS = [
    'Nobody has measured this bundle yet, and theta is the one published for another model: try others with "onlooker eval".',
]


class VisionGraph(nn.Module):
    """Tower and connector: pixels uint8 [N, size, size, 3] to tokens [N, T, D] and embedding [N, E], f32."""

    def __init__(self, tower: Tower, connected: nn.Module):
        super().__init__()
        self.tower, self.connector = tower, connected

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        tokens, embedding = self.tower(pixels)
        return self.connector(tokens), embedding


def write_vision(path: Path, tower: Tower, connected: nn.Module):
    graph = VisionGraph(tower, connected).eval().float()
    pixels = torch.zeros(2, tower.size, tower.size, 3, dtype=torch.uint8)
    torch.backends.mha.set_fastpath_enabled(False)  # the pooling head's fused kernel has no ONNX form
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            graph, (pixels,), str(path), input_names=['pixels'], output_names=['tokens', 'embedding'],
            dynamic_axes={name: {0: 'N'} for name in ('pixels', 'tokens', 'embedding')}, opset_version=17, dynamo=False,
        )


def load_connector(weights: dict[str, Tensor]) -> nn.Sequential:
    wide, narrow = weights['0.weight'].shape
    module = connector(narrow, wide)
    module.load_state_dict(weights)
    return module


def manifest(folder: Path, about: dict, tower: Tower, protocol: dict, stated: dict) -> dict:
    files = {'language': 'language.gguf', 'adapter': 'adapter.gguf', 'vision': 'vision.onnx'}
    return {
        'format': 1,
        **{key: stated[key] for key in ('name', 'version', 'licence', 'provenance', 'languages')},
        'files': {key: describe(folder / path) for key, path in files.items() if (folder / path).exists()},
        'fps': 2,
        'frame': {'width': tower.size, 'height': tower.size, 'fit': 'letterbox'},
        'vision': {
            'tokensPerFrame': tower.tokens, 'tokenWidth': stated['width'],
            'embeddingWidth': tower.embedding_width, 'stateWidth': 0,
        },
        'gate': about['gate'],
        'protocol': {key: protocol[key] for key in ('separator', 'silence', 'transitions', 'endOfReply')},
        'systemPrompt': protocol['systemPrompt'],
        'instruction': {**protocol['instruction'], 'default': wording.DEFAULT_INSTRUCTION.text},
        'decision': {
            'theta': stated['theta'], 'calibration': {}, 'rearm': None, 'refractorySeconds': 0, 'repeatSeconds': 0,
            'replyCap': 100,
        },
        'window': {'high': stated['high'], 'low': stated['low'], 'replies': stated['high'] // 10},
        'limits': LIMITS,
    }


def put(source: Path, target: Path):
    """A link where the file system has them: a base model is gigabytes."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def load_base(base: Path, dtype: torch.dtype) -> LlamaForCausalLM:
    model = LlamaForCausalLM.from_pretrained(base, dtype=dtype)
    if model.config.tie_word_embeddings:  # a head of its own, which LoRA can change alone
        model.lm_head.weight = nn.Parameter(model.lm_head.weight.detach().clone())
        model.config.tie_word_embeddings = False
    return model


def write_merged(base: Path, adapter: Path, out: Path):
    pairs, _, alpha = load_adapter(adapter)
    model = load_base(base, torch.bfloat16)
    merge(model.state_dict(), pairs, alpha)
    model.save_pretrained(out)
    for path in base.glob('*token*'):
        shutil.copyfile(path, out / path.name)


def write_bundle(out: Path, base: Path, language: Path | None, adapter: Path, tower_folder: Path, about: dict, protocol: dict,
                 stated: dict, merged: bool):
    """`merged`: the LoRA is in the language model's weights (in those of `language`, or it is added here)."""
    out.mkdir(parents=True, exist_ok=True)
    pairs, connected, alpha = load_adapter(adapter)
    config = LlamaConfig.from_pretrained(base)
    if language:
        put(language, out / 'language.gguf')
    else:
        tokenizer = load_tokenizer(base)
        if tokenizer.token_to_id(words.SPECIAL[words.SILENT]) != words.SILENT:
            raise SystemExit(
                f'{base} has a tokenizer of its own: convert it with llama.cpp\'s own tool, and give that as --language.'
            )
        weights = load_base(base, torch.float32).state_dict()
        if merged:
            merge(weights, pairs, alpha)
        write_base(out / 'language.gguf', weights, config, tokenizer, stated['name'])
    if merged:
        (out / 'adapter.gguf').unlink(missing_ok=True)
    else:
        write_adapter(out / 'adapter.gguf', pairs, alpha, config, stated['name'])
    tower = load_tower(tower_folder, about['tokens'])
    write_vision(out / 'vision.onnx', tower, load_connector(connected))
    document = manifest(out, about, tower, protocol, {**stated, 'width': config.hidden_size})
    (out / 'bundle.json').write_text(json.dumps(document, indent=2) + '\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--base', type=Path, required=True)
    parser.add_argument('--adapter', type=Path, required=True)
    parser.add_argument('--merge', type=Path, help='write the merged base here, and nothing else')
    parser.add_argument('--language', type=Path, help='the base as GGUF')
    parser.add_argument('--merged', action='store_true', help='the LoRA is in --language already')
    parser.add_argument('--tower', type=Path)
    parser.add_argument('--features', type=Path)
    parser.add_argument('--protocol', default='paper')
    parser.add_argument('--out', type=Path)
    parser.add_argument('--name', default='live-llama')
    parser.add_argument('--version', default='0.1.0')
    parser.add_argument('--licence', default='that of the base model, the vision tower and the data')
    parser.add_argument('--theta', type=float, default=0.725)
    parser.add_argument('--high', type=int, default=6000, help='tokens in the window; at most the longest sequence in training')
    parser.add_argument('--low', type=int, default=4000)
    options = parser.parse_args()
    if options.merge:
        return write_merged(options.base, options.adapter, options.merge)
    if not (options.tower and options.features and options.out):
        parser.error('a bundle needs --tower, --features and --out')
    stated = {
        **{key: getattr(options, key) for key in ('name', 'version', 'licence', 'theta', 'high', 'low')},
        'provenance': f'LoRA over {options.base.name} and {options.tower.name}, trained by native-models/training/large.',
        'languages': wording.LANGUAGES,
    }
    about = json.loads((options.features / 'tower.json').read_text())
    protocol = load_protocol(options.protocol)
    language, merged = options.language, options.merged
    write_bundle(options.out, options.base, language, options.adapter, options.tower, about, protocol, stated, merged)


if __name__ == '__main__':
    main()
