"""The curves of a training run as a picture: one small plot a figure, over minutes; several runs in the same plots.

    python curves.py RUN/language.csv [MORE.csv ...] [--out RUN/language.png]
"""

import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use('Agg')  # no screen is needed
from matplotlib import pyplot


def read(log: Path) -> dict[str, list[float]]:
    """Columns of a log written by training.Run. A line that was cut off when a run was stopped is left out."""
    with open(log) as file:
        names, *lines = csv.reader(file)
    lines = [line for line in lines if len(line) == len(names)]
    return {name: [float(line[i]) for line in lines] for i, name in enumerate(names)}


def draw(logs: list[Path], out: Path):
    runs = {log: read(log) for log in logs}
    figures = [name for name in dict.fromkeys(name for run in runs.values() for name in run) if name not in ('step', 'seconds')]
    columns = min(3, len(figures))
    rows = -(-len(figures) // columns)
    picture, axes = pyplot.subplots(rows, columns, figsize=(4.2 * columns, 2.8 * rows), squeeze=False, layout='constrained')
    for name, axis in zip(figures, axes.flat):
        for log, run in runs.items():
            if name in run:
                axis.plot([second / 60 for second in run['seconds']], run[name], linewidth=1, label=log.stem)
        axis.set_title(name, fontsize=10)
        axis.grid(alpha=0.3)
    for axis in axes[-1]:
        axis.set_xlabel('minutes')
    for axis in axes.flat[len(figures):]:
        axis.axis('off')
    if len(logs) > 1:
        axes.flat[0].legend(fontsize=8)
    picture.savefig(out, dpi=110)
    pyplot.close(picture)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('logs', type=Path, nargs='+')
    parser.add_argument('--out', type=Path, help='default: beside the first log')
    options = parser.parse_args()
    draw(options.logs, options.out or options.logs[0].with_suffix('.png'))
