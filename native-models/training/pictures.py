"""The encoded frames of prepared shards: written once, deflated one by one, and read from disk where they are needed."""

import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training import DEVICE
from vision import HEIGHT, WIDTH


class Writer:
    """Writes the pictures of a shard; they are there when it is left without an error."""

    def __init__(self, out: Path, name: str):
        self.out, self.name, self.starts = out, name, [0]

    def __enter__(self):
        self.file = open(self.out / f'{self.name}.bin.part', 'wb')
        return self

    def add(self, frame: np.ndarray):
        self.starts.append(self.starts[-1] + self.file.write(zlib.compress(frame.tobytes(), 3)))

    def __exit__(self, kind, *_):
        self.file.close()
        if kind is None:
            np.save(self.out / f'{self.name}.npy', np.array(self.starts))
            (self.out / f'{self.name}.bin.part').rename(self.out / f'{self.name}.bin')


class Pictures:
    """The encoded frames of a prepared shard: `pictures[a:b]` is uint8 [b - a, 240, 384, 3], read from disk at that moment."""

    def __init__(self, cache: Path, name: str):
        self.starts, self.path = np.load(cache / f'{name}.npy'), cache / f'{name}.bin'

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, span: slice) -> np.ndarray:
        first, last = span.start, min(span.stop, len(self))
        result = np.empty((last - first, HEIGHT, WIDTH, 3), np.uint8)
        with open(self.path, 'rb') as file:
            file.seek(self.starts[first])
            for at, size in enumerate(np.diff(self.starts[first:last + 1])):
                result[at] = np.frombuffer(zlib.decompress(file.read(size)), np.uint8).reshape(HEIGHT, WIDTH, 3)
        return result


class Gallery:
    """The frames of several shards by one number, in the memory of the GPU if there is one: decompressing them is what a
    processor cannot do as fast as a GPU learns from them. 50,000 frames take 14 GB."""

    def __init__(self, cache: Path, names: list[str]):
        self.shards = [Pictures(cache, name) for name in names]
        self.firsts = np.cumsum([0, *map(len, self.shards)])
        self.first = dict(zip(names, self.firsts.tolist()))  # the number of a shard's first frame
        self.held = None
        if DEVICE != 'cpu':
            self.held = torch.empty((len(self), HEIGHT, WIDTH, 3), dtype=torch.uint8, device=DEVICE)
            spans = [slice(at, at + 64) for at in range(0, len(self), 64)]
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(self.hold, spans))

    def hold(self, span: slice):
        numbers = np.arange(span.start, min(span.stop, len(self)))
        self.held[span] = self.read(numbers).to(DEVICE)

    def __len__(self) -> int:
        return int(self.firsts[-1])

    def __getitem__(self, numbers: Tensor) -> Tensor:
        """uint8 [n, 240, 384, 3], on the device."""
        return self.read(numbers.numpy()) if self.held is None else self.held[numbers.to(DEVICE)]

    def read(self, numbers: np.ndarray) -> Tensor:
        shards = np.searchsorted(self.firsts, numbers, 'right') - 1
        frames = [self.shards[shard][at:at + 1] for shard, at in zip(shards, numbers - self.firsts[shards])]
        return torch.from_numpy(np.concatenate(frames))
