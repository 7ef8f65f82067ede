"""The mean of two runs' weights, which generalises better than either where the second went on from the first (arXiv 2203.05482).

    python average.py FIRST SECOND --share 0.65 --out DIR        # each with vision.pt and language.pt
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from training import weights_of


def average(first: dict[str, Tensor], second: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """`share` of the second; what is not a number of its own (counts) is the second's."""
    return {key: torch.lerp(first[key], value, share) if value.is_floating_point() else value for key, value in second.items()}


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('first', type=Path)
    parser.add_argument('second', type=Path)
    parser.add_argument('--share', type=float, default=0.5, help='of the second')
    parser.add_argument('--out', type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in ('vision.pt', 'language.pt'):
        mean = average(weights_of(options.first / name), weights_of(options.second / name), options.share)
        torch.save({'model': mean}, options.out / name)
