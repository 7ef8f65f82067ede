"""Step 1: videos to vision features on disk. The tower is frozen, so each frame passes it once.

    python features.py SHARD_FOLDER ... --tower SIGLIP --out FEATURES [--tokens 10] [--every-frame]
    torchrun --nproc-per-node 32 features.py ...       each process takes every 32nd shard; several may share a GPU, because
                                                       reading videos is what takes the time

A shard is a folder with `videos/` and `annotations.jsonl`, one JSON line an utterance: {"video", "t", "kind", "subject",
"text"} as Desk World makes them, or just {"video", "t", "text"} for any other data. Perhaps `states.jsonl` (Desk World).
Per shard: FEATURES/<shard>.raw.npy, f16 [n, tokens, width] (20 KB a frame for SigLIP-L with 10 tokens), and
FEATURES/<shard>.json. FEATURES/tower.json says how they were made; a bundle must take the same tower and the same gate.
A shard that is there already is left alone.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch

sys.path.append(str(Path(__file__).resolve().parent.parent))
from export import GATE
from frames import read_frames
from gate import Gate
from prepare import gated_streams
from tower import Tower, load_tower

EVERY_FRAME = {'cell': 16, 'threshold': 0, 'keep': 2**31 - 1}  # LIVE has no gate: equal frames are fed as often as they come


@torch.inference_mode()
def encode(tower: Tower, frames: list[np.ndarray], device: torch.device) -> np.ndarray:
    """uint8 [n, size, size, 3] -> f16 [n, tokens, width]."""
    pixels = torch.from_numpy(np.stack(frames)).to(device)
    return tower(pixels)[0].half().cpu().numpy()


def make(shard: Path, out: Path, tower: Tower, gate: dict, device: torch.device, batch: int = 64,
         read: Callable[[Path], Iterable[np.ndarray]] | None = None):
    read = read or (lambda video: read_frames(str(video), width=tower.size, height=tower.size))
    waiting, done = [], []

    def flush():
        if waiting:
            done.append(encode(tower, waiting, device))
            waiting.clear()

    def keep(frame: np.ndarray):
        waiting.append(frame)
        if len(waiting) == batch:
            flush()

    streams = gated_streams(shard, Gate(**gate), read, keep)
    flush()
    features = np.concatenate(done) if done else np.zeros((0, tower.tokens, tower.width), np.float16)
    part = out / f'{shard.name}.part.npy'
    np.save(part, features)
    os.replace(part, out / f'{shard.name}.raw.npy')
    (out / f'{shard.name}.json').write_text(json.dumps([stream for stream in streams if stream['actions']]))
    frames = sum(len(stream['actions']) for stream in streams)
    print(f'{shard.name}: {len(streams)} streams, {frames} frames, {len(features)} encoded', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('shards', type=Path, nargs='+')
    parser.add_argument('--tower', type=Path, required=True, help='folder of a SigLIP or CLIP checkpoint')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--tokens', type=int, default=10, help='a frame: 1 or 10')
    parser.add_argument('--every-frame', action='store_true', help='no change gate: still frames are encoded and fed like others')
    parser.add_argument('--batch', type=int, default=64)
    options = parser.parse_args()
    rank, world, local = (int(os.environ.get(name, value)) for name, value in (('RANK', 0), ('WORLD_SIZE', 1), ('LOCAL_RANK', 0)))
    device = torch.device('cuda', local % torch.cuda.device_count()) if torch.cuda.is_available() else torch.device('cpu')
    tower = load_tower(options.tower, options.tokens, torch.bfloat16 if device.type == 'cuda' else torch.float32).to(device)
    gate = EVERY_FRAME if options.every_frame else GATE
    if tower.size % gate['cell']:
        gate = {**gate, 'cell': tower.size // 24}  # a cell must not hang over the edge
    about = {'tokens': options.tokens, 'width': tower.width, 'size': tower.size, 'gate': gate}
    options.out.mkdir(parents=True, exist_ok=True)
    known = options.out / 'tower.json'
    if known.exists() and json.loads(known.read_text()) != about:
        raise SystemExit(f'{known} says that these features were made otherwise. Choose another folder.')
    part = options.out / f'tower.part{rank}'
    part.write_text(json.dumps(about) + '\n')
    os.replace(part, known)  # whole, however many processes do this
    for shard in options.shards[rank::world]:
        if not (options.out / f'{shard.name}.json').exists():
            make(shard, options.out, tower, gate, device, options.batch)


if __name__ == '__main__':
    main()
