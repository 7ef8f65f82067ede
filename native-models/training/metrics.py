"""LIVE's teacher-forced metrics: LM-PPL, LM-Correctness, TimeDiff and Fluency of a trained decoder.

    python metrics.py --cache CACHE --tokens TOKENS --tokenizer T.json --language RUN/language.pt [--method streaming]
        [--theta 0] [--include 'validation-*.json'] [--streams 100]

The model is fed true history; where it would have spoken is read from its logits. A turn is the frames up to a reply and
that reply. V are the turn's decisions (one a frame), L its other labels (the reply's words and their <|eos|>).

    LM-PPL          exp(mean cross-entropy over L)
    LM-Correctness  k / |L|; k = labels of L before the first that is not the likeliest token
    silent          silence is the likeliest token, and p(silence) >= theta unless theta is 0
    TimeDiff        |d| / fps. d = frames too early (> 0): |V| - 1 - the first that is not silent. If all are silent, the reply
                    is left out and frames of the next turn follow, at most one fewer than this turn has: -d = how many it
                    takes to speak, or all of them if it never does. The last turn of a stream cannot be late: d = 0.
    Fluency         d = 0: (|V| + k) / (|V| + |L|);  early: (|V| - d) / (|V| + |L|);  late: (|V| - 1) / (|V| + |L|)

A stream's figures are the means over its turns, a set's the means over its streams (arXiv 2406.11816; where its text leaves
something open, as its released code has it). Frames that the gate skips are not fed and count nowhere. In per-frame dialogue
the first token of a reply is both its decision and its first word: it counts in V, and in L as what it would be if not
silence, for the other methods' first words are predicted behind an opened reply, too.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from calibrate import load, parser_for
from dialogue import DECISION, REPLY, Recipe, Sequence, build
from frames import FPS
from methods import METHODS, Method, shorten
from tokenizer import ASSISTANT, EOS
from train_language import Narrator, Streams

# A whole stream with the default instruction; nothing left out, and nothing that was not to be said.
MEASURED = Recipe(plain=1, keep_silent=1, questions=0, midway=0, spoil=0)
Predict = Callable[[Sequence], Tensor]  # a sequence of T tokens to its logits, [T, vocabulary]


@dataclass(frozen=True)
class Turn:
    start: int          # of its first token
    frames: list[int]   # V: positions of its decisions
    words: list[int]    # L: positions of its other labels


# 1. One stream ------------------------------------------------------------------------------------------------------

def turns(sequence: Sequence) -> list[Turn]:
    """A turn ends at the <|eos|> of a reply that has words; frames after the last one belong to none. Only turns with both a
    decision and a learned reply are measured: an answer to a question was not the model's to time."""
    found, start = [], 0
    for i, token in enumerate(sequence.tokens):
        if token == EOS and sequence.tokens[i - 1] != ASSISTANT:
            marked = lambda mark: [at for at in range(start, i + 1) if sequence.kinds[at] & mark]
            found.append(Turn(start, marked(DECISION), marked(REPLY)))
            start = i + 1
    return [turn for turn in found if turn.frames and turn.words]


def measure(predict: Predict, sequence: Sequence, method: Method, theta: float = 0, fps: float = FPS) -> list[dict]:
    """The four figures of each turn of a stream."""
    sure = lambda logits: (theta == 0) | (logits.softmax(1)[:, method.silence] >= theta)
    silent = lambda logits: (logits.argmax(1) == method.silence) & sure(logits)                     # [N]
    found, logits, targets = turns(sequence), predict(sequence), torch.tensor(sequence.targets)     # [T, vocabulary], [T]
    result = []
    for turn, following in zip(found, [*found[1:], None]):
        said, meant = logits[turn.words], targets[turn.words]                                       # [L, vocabulary], [L]
        said[[at in turn.frames for at in turn.words], method.silence] = float('-inf')              # per-frame's first word
        right = (said.argmax(1) == meant).tolist()
        k = right.index(False) if False in right else len(right)
        spoke = first_false(silent(logits[turn.frames]))
        d = len(turn.frames) - 1 - spoke if spoke is not None else 0
        late = min(len(following.frames), len(turn.frames) - 1) if spoke is None and following else 0
        if late:
            delayed, decisions = without_reply(sequence, turn, following, late, method)
            spoke = first_false(silent(predict(delayed)[decisions]))
            d = -late if spoke is None else -(spoke + 1)
        frames, words = len(turn.frames), len(turn.words)
        fluent = frames + k if d == 0 else frames - d if d > 0 else frames - 1
        result.append({
            'lmPpl': F.cross_entropy(said, meant).exp().item(), 'lmCorrectness': k / words,
            'timeDiff': abs(d) / fps, 'fluency': fluent / (frames + words),
        })
    return result


def first_false(flags: Tensor) -> int | None:
    return next((i for i, flag in enumerate(flags.tolist()) if not flag), None)


def without_reply(sequence: Sequence, turn: Turn, following: Turn, count: int, method: Method) -> tuple[Sequence, list[int]]:
    """The sequence up to this turn's last decision, silence, and the first `count` frames of the next turn; and where in it
    their decisions are."""
    stop, until = turn.frames[-1] + 1, following.frames[count - 1] + 1
    tokens = sequence.tokens[:stop] + method.silence_fed
    moved = len(tokens) - following.start
    tokens = tokens + sequence.tokens[following.start:until]
    size = sequence.tokens.count(-1) // len(sequence.rows)  # tokens a frame
    shown = [*range(sequence.tokens[:stop].count(-1) // size)]
    first = sequence.tokens[:following.start].count(-1) // size
    shown += range(first, first + sequence.tokens[following.start:until].count(-1) // size)
    delayed = Sequence(tokens, rows=[sequence.rows[i] for i in shown], still=[sequence.still[i] for i in shown])
    return delayed, [at + moved for at in following.frames[:count]]


# 2. A set -----------------------------------------------------------------------------------------------------------

def average(streams: list[list[dict]]) -> dict:
    """Mean over each stream's turns, then over the streams that have any."""
    streams = [measured for measured in streams if measured]
    mean = lambda values: sum(values) / max(1, len(values))
    names = ['lmPpl', 'lmCorrectness', 'timeDiff', 'fluency']
    figures = {name: round(mean([mean([turn[name] for turn in measured]) for measured in streams]), 4) for name in names}
    return {'streams': len(streams), 'turns': sum(map(len, streams)), **figures}


def predictor(narrator: Narrator, raw: np.ndarray) -> Predict:
    """Predictions over one stream's raw tokens [n, 10, raw]."""
    pictures = torch.from_numpy(np.array(raw)).float()

    def predict(sequence: Sequence) -> Tensor:
        tokens = torch.tensor(sequence.tokens)                                                      # [T], -1 = frame
        x = narrator.language.embed(tokens.clamp(min=0))                                            # [T, W]
        x[tokens < 0] = narrator.connect(pictures[sequence.rows], torch.tensor(sequence.still)).flatten(0, 1)
        return narrator.language.logits(narrator.language(x[None])[0])

    return predict


@torch.inference_mode()
def measure_set(narrator: Narrator, tokenizer: Tokenizer, streams: list[dict], method: Method, theta: float = 0) -> dict:
    measured = []
    for stream in streams:
        sequence = shorten(method.arrange(build(stream, tokenizer, np.random.default_rng(0), MEASURED)), narrator.tokens)
        measured.append(measure(predictor(narrator, stream['raw'][0]), sequence, method, theta))
    return average(measured)


def main():
    parser = parser_for(__doc__, ['validation-*.json'])
    parser.add_argument('--method', choices=METHODS, default='streaming')
    parser.add_argument('--theta', type=float, default=0, help='0 = off, as published')
    parser.add_argument('--streams', type=int, default=100)
    options = parser.parse_args()
    torch.set_num_threads(1)
    streams = [stream for stream in Streams(options.cache, options.tokens, options.include).streams if stream['events']]
    narrator, tokenizer = load(options.language), Tokenizer.from_file(options.tokenizer)
    figures = measure_set(narrator, tokenizer, streams[:options.streams], METHODS[options.method], options.theta)
    print(json.dumps({'set': options.include, 'method': options.method, 'theta': options.theta, **figures}))


if __name__ == '__main__':
    main()
