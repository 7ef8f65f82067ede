"""Writes a model bundle.

    python export.py --tokenizer T.json --vision V.pt --language L.pt --decision D.json [--q8_0 D8.json] [--close-up C.pt] --out DIR
        [--version 0.1.0]
    python export.py --random --out DIR        a bundle of the same shapes that has learnt nothing, for trying the engine

`D.json` is what calibrate.py writes: theta, rearm and refractorySeconds; `D8.json` the same for eight-bit weights, which are
written as well if it is given.
"""

import argparse
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer

import tokenizer as words
import wording
from bundle import as_shipped, write_bundle
from close_up import CloseUp
from language import Language, LanguageConfig
from limits import LIMITS, LIMITS_IN
from session import Decision
from text_tower import TextTower
from training import part_of
from vision import Vision, VisionConfig

GATE = {'cell': 16, 'threshold': 1.5, 'keep': 6}
WINDOW = {'high': 1100, 'low': 400, 'replies': 160}  # most streams of a minute fit: the reference, which has no window, can be compared


def manifest(decision: dict, version: str = '0.1.0', name: str = 'desk-nano') -> dict:
    return {
        'name': name,
        'version': version,
        'licence': 'Apache-2.0',
        'provenance': 'Trained from scratch by native-models/training on streams made by native-models/desk-world.',
        'languages': wording.LANGUAGES,
        'scripts': wording.SCRIPTS,
        'understands': wording.understood(),
        'captionWords': wording.caption_words(),
        'sentences': wording.sentences(),
        'gate': GATE,
        'instruction': {'default': wording.DEFAULT_INSTRUCTION.text, 'judge': {'everything': wording.EVERYTHING, **words.VERDICTS}},
        'decision': {
            'theta': decision['theta'],
            'calibration': {'f16': decision['theta']},
            'rearm': decision.get('rearm'),
            'refractorySeconds': decision.get('refractorySeconds', 0),
            'repeatSeconds': decision.get('repeatSeconds', 0),
            'replyCap': Decision.cap,
        },
        'window': WINDOW,
        'limits': LIMITS,
        'limitsIn': LIMITS_IN,
    }


def random_model(seed: int = 0) -> tuple[Vision, Language]:
    """Weights that mean nothing, with p(silence) spread over 0..1 so that decisions of both kinds occur."""
    torch.manual_seed(seed)
    vision = Vision(VisionConfig())
    for module in vision.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # equal tensors would be written to the ONNX file once
            torch.nn.init.uniform_(module.weight, 0.4, 0.6)
            torch.nn.init.normal_(module.bias, std=0.01)
    for affine in (vision.first, vision.second, vision.embed):
        torch.nn.init.normal_(affine.bias, std=0.01)
    vision.fold()
    vision.scale.data.fill_(3)
    language = Language(LanguageConfig(vocabulary=words.SIZE)).eval()
    with torch.no_grad():
        for layer in language.blk:  # else a tied head repeats its own input
            layer.attn_output.weight *= 12
            layer.ffn_down.weight *= 12
            layer.ffn_gate.weight *= 3
        language.token_embd.weight[words.ASSISTANT] *= 0.02
        pixels = torch.rand(16, 1, 1, 3).mul(255).byte().repeat(1, 240, 384, 1)
        pixels[:, 60:180, 90:300] = (torch.rand(16, 120, 210, 3) * 255).byte()
        tokens, _, _, _ = vision(pixels, torch.zeros(1, vision.config.state))
        states = language(tokens.flatten(0, 1)[None])[0, 9::10]                   # [16, W]: at frame ends
        mean, spread = states.mean(0), states - states.mean(0)
        direction = torch.linalg.svd(spread).Vh[0]
        language.token_embd.weight[words.SILENT] = 9 * mean / mean.norm() ** 2 + direction * 1.5 / (spread @ direction).std()
    return vision, as_shipped(language)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--tokenizer', type=Path)
    parser.add_argument('--vision', type=Path)
    parser.add_argument('--language', type=Path)
    parser.add_argument('--decision', type=Path)
    parser.add_argument('--q8_0', type=Path)
    parser.add_argument('--close-up', type=Path)
    parser.add_argument('--version', default='0.1.0')
    parser.add_argument('--random', action='store_true')
    options = parser.parse_args()

    close_up = CloseUp() if options.close_up else None
    if close_up:
        close_up.load_state_dict(part_of(options.close_up, 'close'))
        close_up.fold()
    thetas = {'q8_0': json.loads(options.q8_0.read_text())['theta']} if options.q8_0 else {}
    if options.random:
        vision, language = random_model()
        tokenizer, text = words.train(wording.corpus()), None
        decision, name = {'theta': 0.2}, 'desk-random'
    else:
        vision = Vision(VisionConfig())
        vision.load_state_dict(part_of(options.vision, 'vision'))
        vision.load_state_dict(part_of(options.language, 'connector'), strict=False)  # trained with the language model
        vision.fold()
        language = Language(LanguageConfig(vocabulary=words.SIZE))
        language.load_state_dict(part_of(options.language, 'language'))
        text = TextTower(vision.config.embedding)
        text.load_state_dict(part_of(options.vision, 'text'))
        tokenizer = Tokenizer.from_file(str(options.tokenizer))
        decision, name = json.loads(options.decision.read_text()), 'desk-nano'
    write_bundle(options.out, vision, language, tokenizer, manifest(decision, options.version, name), text, thetas, close_up)
    print(f'{options.out}: {sum(file.stat().st_size for file in options.out.iterdir()) / 1e6:.1f} MB, theta {decision["theta"]}')
