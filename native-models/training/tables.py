"""The two tables of docs/results.md: learning methods, and the parts of LIVE's loss. Every row is trained for the same time
from the same cached tokens, and measured on the same held-out streams.

    python tables.py WORK [ROW ...] [--minutes 20] [--processes 2]   trains and measures rows (all, if none is named)
    python tables.py WORK --render [--minutes 20]                    prints both tables as Markdown

WORK is that of runs/desk-nano.sh, with cache/, tokens/ and run/tokenizer.json. A row's weights and curves, and a line for it
in results.jsonl, go to WORK/tables/<minutes>-minutes; started again, rows that have their line are left out, and a row whose
training was interrupted goes on. theta is chosen for each row on the validation streams, like the shipped one
(calibrate.py); LIVE's teacher-forced figures use none, as published (metrics.py). Rows of the second table change one thing
of the row "streaming": cross-entropy, stream weight 1, every silent frame in the loss, ten tokens a frame.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

import metrics
import speed
import train_language
from calibrate import choose, evaluate, load
from dialogue import Recipe, build
from frames import FPS
from methods import METHODS, shorten
from session import Decision
from train_language import Streams

THETAS = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9]  # few silent frames in the loss want a low one
ALWAYS = 1.0  # speaks at every frame


@dataclass(frozen=True)
class Row:
    changes: dict[str, str] = field(default_factory=dict)  # of train_language.py's options
    trained: bool = True
    chosen: bool = True  # whether there is a theta to choose: not if no silence was learned

    @property
    def options(self) -> dict[str, str]:
        return {'method': 'streaming', 'loss': 'ce', 'weight': '1', 'keep-silent': '1', 'frame-tokens': '10', **self.changes}


ROWS = {
    'untrained': Row(trained=False, chosen=False),
    'interleaved': Row({'method': 'interleaved'}, chosen=False),
    'per-frame': Row({'method': 'per-frame'}),
    'streaming': Row(),
    'ohem': Row({'loss': 'ohem'}),
    'focal': Row({'loss': 'focal'}),
    'weight-0.5': Row({'weight': '0.5'}),
    'weight-2': Row({'weight': '2'}),
    'weight-3': Row({'weight': '3'}),
    'keep-20': Row({'keep-silent': '0.2'}),
    'keep-10': Row({'keep-silent': '0.1'}),
    'keep-1': Row({'keep-silent': '0.01'}),
    'tokens-1': Row({'frame-tokens': '1'}),
}
# What the rows are called in the tables, in their order. The row "streaming" is in every part of the second.
LEARNING = [
    ('no training (random weights)', 'untrained'), ('interleaved vision-language', 'interleaved'),
    ('per-frame dialogue', 'per-frame'), ('**streaming EOS**', 'streaming'),
]
PARTS = {
    'loss over decisions': [('CE', 'streaming'), ('OHEM', 'ohem'), ('focal', 'focal')],
    'stream weight': [('0.5', 'weight-0.5'), ('1', 'streaming'), ('2', 'weight-2'), ('3', 'weight-3')],
    'silent frames in the loss': [('100 %', 'streaming'), ('20 %', 'keep-20'), ('10 %', 'keep-10'), ('1 %', 'keep-1')],
    'tokens a frame': [('1', 'tokens-1'), ('10', 'streaming')],
}


# 1. One row ---------------------------------------------------------------------------------------------------------

def train(row: Row, out: Path, given: list[str], options: argparse.Namespace):
    """With one process it is this one; otherwise torchrun starts them."""
    arguments = [*given, '--out', str(out), '--minutes', f'{options.minutes if row.trained else 0:g}']
    arguments += ['--rate', str(options.rate), '--size', str(options.size)]
    arguments += [word for name, value in row.options.items() for word in (f'--{name}', value)]
    if options.processes == 1:
        return train_language.main(arguments)
    script = Path(__file__).with_name('train_language.py')
    starter = [sys.executable, '-m', 'torch.distributed.run', '--nproc-per-node', str(options.processes)]
    subprocess.run([*starter, str(script), *arguments], check=True)


def measured(name: str, out: Path, options: argparse.Namespace) -> dict:
    """All figures of a trained row."""
    row, work = ROWS[name], options.work
    method, tokens = METHODS[row.options['method']], int(row.options['frame-tokens'])
    torch.set_num_threads(1)
    tokenizer, narrator = Tokenizer.from_file(str(work / 'run/tokenizer.json')), load(out)
    streams = lambda includes: Streams(work / 'cache', work / 'tokens', includes)
    first = lambda found: [stream for stream in found if stream['events']][:options.streams]
    still = lambda found: [stream for stream in found if not stream['events']]

    # The tokens of a training sequence: of the first 200 streams, with the same dice for every row.
    taught, random = streams(options.train), np.random.default_rng(0)
    lengths = []
    for stream in taught.streams[:200]:
        sequence = build(stream, tokenizer, random, Recipe(), taught.events)
        lengths.append(len(shorten(method.arrange(sequence), tokens).tokens))

    # LIVE's figures, with true history and no theta.
    held_out = streams(options.test).streams
    figures = metrics.measure_set(narrator, tokenizer, first(held_out), method)

    # Self-conditioned: theta from the validation streams, and the F1 it gives on the others.
    rule = lambda theta: Decision(theta, cap=options.cap)
    decide = lambda theta, which: evaluate(narrator, tokenizer, which, rule(theta), options.processes, method.session)
    table = []
    if row.chosen:
        validation = streams(options.validation).streams
        for theta in options.thetas:
            score, needless = decide(theta, first(validation) + still(validation))
            table.append({'theta': theta, 'needless': needless, **score.summary()})
    theta = choose(table)['theta'] if table else ALWAYS
    score, needless = decide(theta, first(held_out) + still(held_out))

    # What it costs. What random weights say has no end and no sense: not timed, as in the published table.
    costs = {}
    if row.trained:
        costs['sequenceTokens'] = round(float(np.mean(lengths)), 1)
    if row.trained and name in dict(LEARNING).values():
        raw = speed.chained(held_out, round(options.seconds * FPS))
        costs |= speed.run(narrator, tokenizer, raw, method, rule(theta))
    return {
        'row': name, 'minutes': options.minutes if row.trained else 0, 'steps': torch.load(out, weights_only=True)['step'],
        **figures, 'theta': theta, 'needless': needless, **score.summary(), **costs,
    }


# 2. Markdown --------------------------------------------------------------------------------------------------------

def render(results: dict[str, dict], minutes: float) -> str:
    """Both tables. What has no result is a dash."""
    cells = lambda name, formats: [cell(one, results.get(name, {})) for one in formats]
    command = lambda name: f'`tables.py WORK {name} --minutes {minutes:g}`'
    figures = ['{lmPpl:.2f}', '{timeDiff:.2f}', '{fluency:.1%}', '{lmCorrectness:.1%}']
    costs = ['{sequenceTokens:.0f}', '{framesPerSecond:.1f} ({decoderFramesPerSecond:.0f})', '{memoryMb:.0f}']
    head = ['LM-PPL', 'TimeDiff (s)', 'Fluency', 'LM-Correctness']
    cost = ['tokens a training sequence', 'frames/s (decoder alone)', 'MB after 5 min']
    first = [['learning method', *head, 'matching F1', *cost, 'command']]
    first += [[label, *cells(name, [*figures, '{f1:.2f}', *costs]), command(name)] for label, name in LEARNING]
    second = [['', '', *head, 'matching F1 (theta)', 'command']]
    for part, rows in PARTS.items():
        for index, (label, name) in enumerate(rows):
            second.append(['' if index else part, label, *cells(name, [*figures, '{f1:.2f} ({theta:g})']), command(name)])
    return f'{markdown(first)}\n\n{markdown(second)}\n'


def cell(wanted: str, result: dict) -> str:
    try:
        return wanted.format(**result)
    except KeyError:
        return '-'


def markdown(rows: list[list[str]]) -> str:
    lines = ['| ' + ' | '.join(row) + ' |' for row in rows]
    return '\n'.join([lines[0], '|---' * len(rows[0]) + '|', *lines[1:]])


# 3. Command ---------------------------------------------------------------------------------------------------------

def read(log: Path) -> dict[str, dict]:
    lines = log.read_text().splitlines() if log.exists() else []
    return {result['row']: result for result in map(json.loads, lines)}


def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('work', type=Path)
    parser.add_argument('rows', nargs='*', metavar='ROW', help=', '.join(ROWS))
    parser.add_argument('--minutes', type=float, default=20, help='of training, each row')
    parser.add_argument('--processes', type=int, default=2)
    parser.add_argument('--rate', type=float, default=1.2e-3)
    parser.add_argument('--size', type=int, default=2500, help='tokens in a batch, each process')
    parser.add_argument('--streams', type=int, default=30, help='measured, of each set')
    parser.add_argument('--thetas', type=float, nargs='+', default=THETAS, help='to choose from')
    parser.add_argument('--cap', type=int, default=Decision.cap, help='most tokens in one reply')
    parser.add_argument('--seconds', type=float, default=300, help='of the stream that is timed')
    parser.add_argument('--train', nargs='+', default=['train-*.json', 'recorded-train*.json'])
    parser.add_argument('--validation', nargs='+', default=['validation-*.json'])
    parser.add_argument('--test', nargs='+', default=['test-*.json'])
    parser.add_argument('--render', action='store_true')
    options = parser.parse_intermixed_args(arguments)
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f'no row {", ".join(unknown)}; there are {", ".join(ROWS)}')
    folder = options.work / 'tables' / f'{options.minutes:g}-minutes'
    log = folder / 'results.jsonl'
    if options.render:
        return print(render(read(log), options.minutes), end='')

    folder.mkdir(parents=True, exist_ok=True)
    given = ['--cache', str(options.work / 'cache'), '--tokens', str(options.work / 'tokens')]
    given += ['--tokenizer', str(options.work / 'run/tokenizer.json'), '--include', *options.train]
    for name in options.rows or ROWS:
        if name in read(log):
            continue
        out = folder / f'{name}.pt'
        train(ROWS[name], out, given, options)
        result = measured(name, out, options)
        with open(log, 'a') as file:
            file.write(json.dumps(result) + '\n')
        print(json.dumps(result), flush=True)


if __name__ == '__main__':
    main()
