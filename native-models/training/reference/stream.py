"""The reference: a recording narrated in plain PyTorch, frame by frame, without batches or a window.

    python native-models/training/reference/stream.py VIDEO --bundle DIR [--instruction TEXT] [--json] [--no-gate] [--threads N]

Weights come from the bundle itself (ONNX initialisers, GGUF tensors). Prints one line a frame,
{"index", "t", "pSilent", "text"|null} and "still": true where the gate kept the frame from the encoder, and at the end
{"frames", "seconds", "framesPerSecond"}. Without --json only what is said. --no-gate encodes and feeds every frame.
The program with its speaking policy off must give the same p(silence) within 0.01, and the same sentences.
"""

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch

from bundle import read_language, read_vision
from frames import FPS, read_frames
from gate import ENCODE, SKIP, Gate
from session import Decision, Session

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument('video')
parser.add_argument('--bundle', type=Path, required=True)
parser.add_argument('--instruction')
parser.add_argument('--json', action='store_true')
parser.add_argument('--no-gate', action='store_true')
parser.add_argument('--threads', type=int, default=1)
options = parser.parse_args()
torch.set_num_threads(options.threads)

# 1. The bundle: weights, and the rules it was calibrated with.
manifest = json.loads((options.bundle / 'bundle.json').read_text())
vision = read_vision(options.bundle / manifest['files']['vision']['path'])
language, tokenizer = read_language(options.bundle / manifest['files']['language']['path'])
rules = manifest['decision']
decision = Decision(rules['theta'], rules['rearm'], rules['refractorySeconds'], rules['repeatSeconds'], rules['replyCap'])
session = None
gate = Gate(**manifest['gate'])

# 2. The stream.
state = torch.zeros(1, vision.config.state)
silence, frames, started = 1.0, 0, time.perf_counter()
with torch.inference_mode():
    session = Session(language, tokenizer, decision, options.instruction or manifest['instruction']['default'])
    for index, frame in enumerate(read_frames(options.video)):
        t, text, frames = index / FPS, None, index + 1
        action = ENCODE if options.no_gate else gate(frame)
        if action == ENCODE:
            tokens, still, _, state = vision(torch.from_numpy(frame.copy())[None], state)   # [1, 10, W] twice
            silence, text = session.frame(t, tokens[0])
        elif action != SKIP:
            silence, text = session.frame(t, still[0])
        if options.json:
            line = {'index': index, 't': t, 'pSilent': round(silence, 6), 'text': text}
            print(json.dumps(line if action == ENCODE else {**line, 'still': True}, ensure_ascii=False))
        elif text is not None:
            print(f'{int(t) // 60:02d}:{t % 60:04.1f}  {text}')

seconds = time.perf_counter() - started
print(json.dumps({'frames': frames, 'seconds': round(seconds, 3), 'framesPerSecond': round(frames / seconds, 2)}))
