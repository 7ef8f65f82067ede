"""Stage 3: runs the trained encoder once over all encoded frames.

    python cache_tokens.py --vision RUN/vision.pt --cache CACHE --out TOKENS [--include 'train-*.json' ...] [--augment SEED]

Per shard: TOKENS/<shard>.raw.npy, the raw tokens before the connector, f16 [n, 10, raw]. With --augment the pictures of each
stream are changed in the way that trained the encoder, as <shard>.raw.<seed>.npy: a second look at the same streams.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from augment import Look, any_look, show
from pictures import Pictures
from training import faster, part_of
from vision import Vision, VisionConfig, luma_of


@torch.inference_mode()
def raw_tokens(vision: Vision, frames: np.ndarray, look: Look = Look(), batch: int = 8) -> np.ndarray:
    """Raw tokens of one stream's encoded frames, in order: uint8 [n, H, W, 3] -> f16 [n, 10, raw]. Eight at a time: the maps of
    more leave the cache of a core, which costs a quarter."""
    before, result = None, []
    for start in range(0, len(frames), batch):
        some = torch.from_numpy(np.ascontiguousarray(frames[start:start + batch]))
        x = show(some, [look] * len(some))
        luma = luma_of(x)
        valid = torch.ones(len(x), 1, 1)
        with faster():
            features = vision.encoder(x.contiguous(memory_format=torch.channels_last))
            if before is None:
                before, valid[0] = (features[:1], luma[:1]), 0
            difference = luma - torch.cat([before[1], luma[:-1]])
            changed = vision.transition(features, torch.cat([before[0], features[:-1]]), difference).float()
            there = vision.appearance(features).float()
        result.append(vision.raw(there, changed, difference, valid).half().numpy())
        before = features[-1:], luma[-1:]
    return np.concatenate(result)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--vision', type=Path, required=True)
    parser.add_argument('--cache', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--include', nargs='+', default=['*.json'])
    parser.add_argument('--augment', type=int)
    parser.add_argument('--part', default='0/1', help='i/n: this process takes every n-th shard, from the i-th')
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    vision = Vision(VisionConfig())
    vision.load_state_dict(part_of(options.vision, 'vision'))
    vision.fold()
    part, parts = map(int, options.part.split('/'))
    for path in sorted({path for include in options.include for path in options.cache.glob(include)})[part::parts]:
        target = options.out / f'{path.stem}.raw{"" if options.augment is None else f".{options.augment}"}.npy'
        if target.exists():
            continue
        began, frames, result = time.time(), Pictures(options.cache, path.stem), []
        for number, stream in enumerate(json.loads(path.read_text())):
            count = stream['actions'].count('encode')
            clip = frames[stream['first']:stream['first'] + count]
            look = Look() if options.augment is None else any_look(np.random.default_rng([options.augment, number, len(frames)]))
            result.append(raw_tokens(vision, clip, look))
        result = np.concatenate(result)
        np.save(target, result)
        print(f'{target.name}: {len(result)} frames in {time.time() - began:.0f} s', flush=True)
