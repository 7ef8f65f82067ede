"""A stream of five minutes, run freely: frames a second and memory of a learning method.

    python speed.py --cache CACHE --tokens TOKENS --tokenizer T.json --language RUN/language.pt [--method streaming]
        [--theta 0.5] [--seconds 300] [--include 'test-*.json']

Streams are put one behind the other until there are enough frames (two a second). Every frame is new to the model, none is
left out by the gate, and nothing is evicted: what a method's context costs is what is measured. One frame at a time in plain
PyTorch, f32, one thread: figures for comparing methods, the program itself is several times as fast.

    framesPerSecond         encoder, decision and what is said
    decoderFramesPerSecond  without the encoder, whose time is the same for every method and every weight
    memoryMb                weights and KV cache at the end, 10^6 bytes, without what Python itself takes
"""

import functools
import json
import time

import numpy as np
import torch
from tokenizers import Tokenizer

import wording
from calibrate import load, parser_for
from dialogue import seconds
from frames import FPS
from methods import METHODS, Method
from session import Decision
from train_language import Narrator, Streams
from vision import HEIGHT, WIDTH, Vision, VisionConfig


def chained(streams: list[dict], count: int) -> torch.Tensor:
    """Raw tokens of so many encoded frames, [count, 10, raw]; from the first stream again if there are too few."""
    taken, total = [], 0
    while total < count:
        for stream in streams:
            if total < count:
                taken.append(np.array(stream['raw'][0][:count - total]))
                total += len(taken[-1])
    return torch.from_numpy(np.concatenate(taken)).float()


@functools.cache
@torch.inference_mode()
def seconds_to_encode(repeats: int = 10) -> float:
    """Of one frame, measured once. Random weights take as long as trained ones."""
    vision = Vision(VisionConfig())
    vision.fold()
    state, pixels, taken = torch.zeros(1, vision.config.state), torch.zeros(1, HEIGHT, WIDTH, 3, dtype=torch.uint8), []
    for _ in range(repeats + 2):
        began = time.perf_counter()
        *_, state = vision(pixels, state)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken[2:]))


@torch.inference_mode()
def run(narrator: Narrator, tokenizer: Tokenizer, raw: torch.Tensor, method: Method, decision: Decision) -> dict:
    """The session over raw tokens [n, 10, raw]."""
    session = method.session(narrator.language, tokenizer, decision, wording.DEFAULT_INSTRUCTION.text)
    narrations, new, began = 0, torch.zeros(1, dtype=torch.bool), time.perf_counter()
    for index in range(len(raw)):
        _, text = session.frame(seconds(index), narrator.connect(raw[index:index + 1], new)[0])
        narrations += text is not None
    taken, encoding = time.perf_counter() - began, seconds_to_encode()
    held = [*narrator.parameters(), *[part for cache in session.caches for part in cache]]
    return {
        'frames': len(raw), 'narrations': narrations, 'context': sum(length for _, length in session.spans),
        'framesPerSecond': round(1 / (taken / len(raw) + encoding), 1), 'decoderFramesPerSecond': round(len(raw) / taken, 1),
        'memoryMb': round(sum(part.numel() * part.element_size() for part in held) / 1e6, 1),
    }


def main():
    parser = parser_for(__doc__, ['test-*.json'])
    parser.add_argument('--method', choices=METHODS, default='streaming')
    parser.add_argument('--theta', type=float, default=0.5)
    parser.add_argument('--seconds', type=float, default=300)
    options = parser.parse_args()
    torch.set_num_threads(1)
    raw = chained(Streams(options.cache, options.tokens, options.include).streams, round(options.seconds * FPS))
    narrator, tokenizer = load(options.language), Tokenizer.from_file(options.tokenizer)
    print(json.dumps(run(narrator, tokenizer, raw, METHODS[options.method], Decision(options.theta))))


if __name__ == '__main__':
    main()
