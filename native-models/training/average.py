"""The mean of two runs' weights, which generalises better than either where the second went on from the first (arXiv 2203.05482).

    python average.py FIRST SECOND --share 0.65 --out DIR        # each with vision.pt and language.pt
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor


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
    for name in ('vision.pt', 'language.pt'):
        first, second = (torch.load(folder / name, weights_only=True, map_location='cpu')['model'] for folder in (options.first, options.second))
        torch.save({'model': average(first, second, options.share)}, options.out / name)
