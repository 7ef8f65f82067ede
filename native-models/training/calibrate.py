"""Stage 5: chooses theta and rearm on validation streams, self-conditioned: the model hears its own replies.

    python calibrate.py --cache CACHE --tokens TOKENS --tokenizer T.json --language RUN/language.pt \
        --out RUN/decision.json [--include 'validation-*.json'] [--streams 100] [--quantisation q8_0]

For each theta the streams are run through the session with the window it is shipped with and weights rounded as shipped.
Chosen is the theta of the best matching F1 (+-2 s) among those that say nothing on streams in which nothing happens; on a
tie within 0.01 the one that says less.
"""

import argparse
import json
import multiprocessing
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

import wording
from bundle import TYPES, as_shipped
from dialogue import seconds, truth
from export import WINDOW
from gate import ENCODE, SKIP
from language import LanguageConfig
from matching import Score
from session import Decision, Session, Window
from tokenizer import SIZE
from train_language import Narrator, Streams
from training import part_of
from vision import VisionConfig


def parser_for(description: str, include: list[str]) -> argparse.ArgumentParser:
    """What every script on a trained model is given."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--cache', type=Path, required=True)
    parser.add_argument('--tokens', type=Path, required=True)
    parser.add_argument('--tokenizer', required=True)
    parser.add_argument('--language', type=Path, required=True)
    parser.add_argument('--include', nargs='+', default=include)
    parser.add_argument('--quantisation', choices=TYPES, default='f16', help='of the weights')
    return parser


def load(language: Path, quantisation: str = 'f16') -> Narrator:
    """Connector and decoder, the latter rounded as it is shipped."""
    connector = part_of(language, 'connector')
    narrator = Narrator(VisionConfig(), LanguageConfig(vocabulary=SIZE), len(connector['place']))
    narrator.connector.load_state_dict(connector)
    narrator.language.load_state_dict(part_of(language, 'language'))
    as_shipped(narrator.language, quantisation)
    return narrator.eval()


@torch.inference_mode()
def narrate(
    narrator: Narrator, tokenizer: Tokenizer, stream: dict, decision: Decision, kind: type[Session] = Session,
) -> tuple[list[tuple[float, str]], list[float]]:
    """Runs one stream; returns what was said, as (seconds, text), and p(silence) of the frames that were fed."""
    raw = torch.from_numpy(np.array(stream['raw'][0])).float()                                 # [n, 10, raw]
    every = torch.ones(len(raw), dtype=torch.bool)
    moving, still = narrator.connect(raw, ~every), narrator.connect(raw, every)                # [n, 10, W]
    session = kind(narrator.language, tokenizer, decision, wording.DEFAULT_INSTRUCTION.text, Window(**WINDOW))
    said, silences, row = [], [], -1
    for index, action in enumerate(stream['actions']):
        row += action == ENCODE
        if action == SKIP:
            continue
        silence, text = session.frame(seconds(index), (moving if action == ENCODE else still)[row])
        silences.append(silence)
        if text is not None:
            said.append((seconds(index), text))
    return said, silences


def evaluate(
    narrator: Narrator, tokenizer: Tokenizer, streams: list[dict], decision: Decision, processes: int = 1,
    session: type[Session] = Session,
) -> tuple[Score, int]:
    """Score over the streams, and how much was said on those in which nothing happens. Streams are shared out to processes."""
    global ALL
    ALL = narrator, tokenizer, streams, decision, session
    score, needless = Score(), 0
    with multiprocessing.get_context('fork').Pool(processes) as pool:  # forked after ALL is set: nothing is copied
        for stream, said in zip(streams, pool.imap(narrate_one, range(len(streams)))):
            score.add(said, truth(stream))
            needless += 0 if stream['events'] else len(said)
    return score, needless


def narrate_one(index: int) -> list[tuple[float, str]]:
    narrator, tokenizer, streams, decision, session = ALL
    return narrate(narrator, tokenizer, streams[index], decision, session)[0]


def choose(table: list[dict]) -> dict:
    """Of those that say least where nothing happens: the best F1, or within 0.01 of it the one that says less."""
    fewest = min(row['needless'] for row in table)
    allowed = [row for row in table if row['needless'] == fewest]
    best = max(row['f1'] for row in allowed)
    return min((row for row in allowed if row['f1'] >= best - 0.01), key=lambda row: row['said'])


def main():
    parser = parser_for(__doc__, ['validation-*.json'])
    parser.add_argument('--out', type=Path)
    parser.add_argument('--streams', type=int, default=100)
    parser.add_argument('--thetas', type=float, nargs='+', default=[0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    parser.add_argument('--rearms', type=float, nargs='+', default=[0.0], help='0 = off')
    parser.add_argument('--refractory', type=float, default=0)
    parser.add_argument('--repeat', type=float, default=0, help='seconds in which the same is not said again')
    parser.add_argument('--processes', type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer, narrator = Tokenizer.from_file(options.tokenizer), load(options.language, options.quantisation)
    streams = Streams(options.cache, options.tokens, options.include).streams
    quiet = [stream for stream in streams if not stream['events']]
    lively = [stream for stream in streams if stream['events']][:options.streams]
    table = []
    for theta in options.thetas:
        for rearm in options.rearms:
            decision = Decision(theta, rearm or None, options.refractory, options.repeat)
            score, needless = evaluate(narrator, tokenizer, lively + quiet, decision, options.processes)
            table.append({'theta': theta, 'rearm': rearm or None, 'refractorySeconds': options.refractory, 'repeatSeconds': options.repeat, 'needless': needless, **score.summary()})
            print(json.dumps(table[-1]), flush=True)
    if options.out:
        chosen = choose(table)
        options.out.write_text(json.dumps({**chosen, 'table': table}, indent=2) + '\n')
        print('chosen:', json.dumps(chosen))


if __name__ == '__main__':
    main()
