"""The change gate: which frames are worth encoding.

A cell of `cell` x `cell` pixels has changed when its mean absolute difference (0..255, over the three channels) to the
*last encoded* frame is above `threshold`; a frame with no changed cell is still. The first frame is always encoded.
The first `keep` still frames in a row are fed to the model as "the same again"; later ones are not fed at all.
The program applies the same rule (`gate` in main/bundle/manifest.ts); data preparation and the reference use this one.
"""

from dataclasses import dataclass

import numpy as np

ENCODE, STILL, SKIP = 'encode', 'still', 'skip'


@dataclass
class Gate:
    """Decides frame by frame. `reset()` forgets the last frame (start, gap, seek)."""

    cell: int = 16
    threshold: float = 1.5
    keep: int = 6

    def __post_init__(self):
        self.reset()

    def reset(self):
        self.last = None  # the last encoded frame, uint8 [H, W, 3]
        self.still = 0    # still frames in a row so far

    def changed_cells(self, frame: np.ndarray) -> np.ndarray:
        """Which cells differ from the last encoded frame; bool [H / cell, W / cell]."""
        height, width, _ = frame.shape
        rows, columns = height // self.cell, width // self.cell
        difference = np.abs(frame.astype(np.int16) - self.last)                                 # [H, W, 3]
        sums = difference.reshape(rows, self.cell, columns * self.cell * 3).sum(1, dtype=np.int64)  # [rows, W * 3]
        sums = sums.reshape(rows, columns, self.cell * 3).sum(2)                                # [rows, columns]
        return sums > self.threshold * (self.cell * self.cell * 3)

    def __call__(self, frame: np.ndarray) -> str:
        """Takes the next frame, uint8 [H, W, 3]; returns ENCODE, STILL or SKIP."""
        if self.last is None or self.changed_cells(frame).any():
            self.last, self.still = frame, 0
            return ENCODE
        self.still += 1
        return STILL if self.still <= self.keep else SKIP
