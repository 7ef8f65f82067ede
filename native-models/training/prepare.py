"""Stage 1: videos to gated frames.

    python prepare.py SHARD_FOLDER ... --out CACHE

For each shard (`videos/`, `annotations.jsonl`, perhaps `states.jsonl`) writes CACHE/<shard>.bin, the encoded frames deflated
one by one (a fifth of 276 KB each: 300 MB for 100 streams of 40 s, so that forty shards stay in memory), CACHE/<shard>.npy,
where each begins, and CACHE/<shard>.json: per stream what the gate did with each frame, where its pictures start, the true
events, and what is on the screen at each frame. A shard that was prepared before is left alone.
"""

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

import wording
from export import GATE
from frames import read_frames
from gate import ENCODE, Gate
from pictures import Writer


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


Read = Callable[[Path], Iterable[np.ndarray]]


def gated_streams(shard: Path, gate: Gate, read: Read, keep: Callable[[np.ndarray], None]) -> list[dict]:
    """The shard's streams as dialogue.py wants them. `read` gives a video's frames; `keep` takes those to encode, in order."""
    events = {}
    for event in lines(shard / 'annotations.jsonl'):
        events.setdefault(event['video'], []).append(event)
    states = {line['video']: line for line in lines(shard / 'states.jsonl')}
    streams, encoded = [], 0
    for video in sorted((shard / 'videos').iterdir()):
        gate.reset()
        actions, first = [], encoded
        for frame in read(video):
            actions.append(gate(frame))
            if actions[-1] == ENCODE:
                keep(frame)
                encoded += 1
        told = sorted(events.get(video.name, []), key=lambda event: event['t'])
        told = [[event['t'], *wording.event_of(event), event['text']] for event in told]
        state = states.get(video.name)
        known = {'states': state['frames'], 'size': [state['width'], state['height']]} if state else {'states': None}
        streams.append({'video': video.name, 'actions': actions, 'first': first, 'events': told, **known})
    return streams


def prepare(shard: Path, out: Path, name: str):
    with Writer(out, name) as pictures:
        streams = gated_streams(shard, Gate(**GATE), read_frames, pictures.add)
    (out / f'{name}.json').write_text(json.dumps(streams))
    print(f'{name}: {len(streams)} streams, {sum(len(stream["actions"]) for stream in streams)} frames, '
          f'{sum(stream["actions"].count(ENCODE) for stream in streams)} encoded', flush=True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('shards', type=Path, nargs='+')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--prefix', default='', help='put before the shard names, to keep sets of one name apart')
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for shard in options.shards:
        name = options.prefix + shard.name
        if not (options.out / f'{name}.json').exists():
            prepare(shard, options.out, name)
