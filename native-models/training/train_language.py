"""Stage 4: trains the decoder and the connector from scratch, with LIVE's loss.

    torchrun --nproc-per-node 2 train_language.py --cache CACHE --tokens TOKENS --tokenizer T.json --out RUN/language.pt --minutes 25

One stream is one sequence (dialogue.py). Loss = mean cross-entropy over reply tokens + `--weight` times the mean over
decisions (silence on the kept share of silent frames, the opening of the reply where something is to be said).

For the tables in docs/results.md: `--method` learns in another way (methods.py), `--loss` takes another mean over decisions
(`hard_mean`), `--frame-tokens 1` shows only the token of the whole picture.

With `--judge`, a decoder that is good already (`--begin`) learns to judge sentences by standing instructions, and on streams stays
with what it said before (learning without forgetting, arXiv 1606.09282): that takes minutes, and any streams will do.
"""

import argparse
import copy
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from dialogue import DECISION, IGNORED, REPLY, VERDICT, Recipe, Sequence, build, judgement
from language import Language, LanguageConfig
from methods import METHODS, Method, shorten
from tokenizer import PAD, SILENT, SIZE
from training import DEVICE, RANK, Run, faster, join, leave, on_device, weights_of
from vision import TOKENS, Vision, VisionConfig


JUDGED = 100  # judgements for each stream: twice as many tokens, so that most batches are of them


# 1. Data ------------------------------------------------------------------------------------------------------------

class Streams:
    """Streams with the raw tokens of their encoded frames; several versions of these where --augment was run."""

    def __init__(self, cache: Path, tokens: Path, includes: list[str]):
        self.streams = []
        for path in sorted(path for include in includes for path in cache.glob(include)):
            versions = [np.load(file, mmap_mode='r') for file in sorted(tokens.glob(f'{path.stem}.raw*.npy'))]
            for stream in json.loads(path.read_text()):
                count = stream['actions'].count('encode')
                slices = [version[stream['first']:stream['first'] + count] for version in versions]
                if slices:
                    self.streams.append({**stream, 'shard': path.stem, 'raw': slices})
        self.events = [(kind, subject) for stream in self.streams for _, kind, subject, _ in stream['events']]


def collate(built: list[tuple[Sequence, np.ndarray]]) -> dict[str, Tensor]:
    """Pads sequences to one length. Frames of all sequences are put one behind the other."""
    length = max(len(sequence.tokens) for sequence, _ in built)
    pad = lambda values, filler: values + [filler] * (length - len(values))
    raw = np.concatenate([frames[sequence.rows] for sequence, frames in built])                       # [F, 10, raw]
    return {
        'tokens': torch.tensor([pad(sequence.tokens, PAD) for sequence, _ in built]),                 # [B, T], -1 = frame
        'targets': torch.tensor([pad(sequence.targets, IGNORED) for sequence, _ in built]),
        'kinds': torch.tensor([pad(sequence.kinds, 0) for sequence, _ in built]),
        'raw': torch.from_numpy(raw).float(),
        'still': torch.tensor([flag for sequence, _ in built for flag in sequence.still], dtype=torch.bool),  # [F]
    }


def batches(
    streams: Streams, tokenizer: Tokenizer, recipe: Recipe, size: int, random: np.random.Generator,
    method: Method = METHODS['streaming'], frame_tokens: int = TOKENS, judged: int = 0,
):
    """Endless batches of sequences of about one length: `size` tokens with the padding; `judged` judgements for each stream."""
    pool = []
    while True:
        for index in random.permutation(len(streams.streams)):
            stream = streams.streams[index]
            sequence = shorten(method.arrange(build(stream, tokenizer, random, recipe, streams.events)), frame_tokens)
            if sequence.rows:
                pool.append((sequence, stream['raw'][random.integers(len(stream['raw']))]))
                pool += [(judgement(tokenizer, random, recipe), stream['raw'][0]) for _ in range(judged)]
            if len(pool) >= 64 * (1 + judged):
                pool.sort(key=lambda item: len(item[0].tokens))
                ready, batch = [], []
                for item in pool:
                    if batch and len(item[0].tokens) * (len(batch) + 1) > size:
                        ready.append(batch)
                        batch = []
                    batch.append(item)
                ready.append(batch)
                for i in random.permutation(len(ready)):
                    yield collate(ready[i])
                pool = []


# 2. Model -----------------------------------------------------------------------------------------------------------

class Narrator(nn.Module):
    """Connector and decoder. With fewer than ten `tokens` a frame, it takes the first of them: 1 = the whole picture."""

    def __init__(self, vision: VisionConfig, language: LanguageConfig, tokens: int = TOKENS):
        super().__init__()
        self.connector = Vision(vision)
        del self.connector.encoder, self.connector.appearance, self.connector.transition, self.connector.embed  # those are trained already
        self.language = Language(language)
        self.appearance, self.tokens = vision.appearance, tokens
        self.connector.place = nn.Parameter(self.connector.place.detach()[:tokens].clone())

    def standardise(self, sample: Tensor):
        """Fits the connector's input to raw tokens [N, 10, raw]. What never varies is not blown up."""
        flat = sample[:, :self.tokens].flatten(0, 1)
        self.connector.mean.data = flat.mean(0)
        self.connector.scale.data = 1 / flat.std(0).clamp(min=0.02)

    def connect(self, raw: Tensor, still: Tensor) -> Tensor:
        """Raw tokens [F, 10, raw] to frame tokens [F, tokens, W]; where `still` [F], nothing changed."""
        raw = raw[:, :self.tokens].clone()
        raw[still, :, self.appearance:] = 0
        return self.connector.connect(raw)

    def forward(self, batch: dict[str, Tensor], dropout: float) -> tuple[Tensor, Tensor]:
        """Logits at the positions that have a target, [P, vocabulary], and those targets."""
        with faster():
            frames = self.connect(batch['raw'], batch['still']).float()                               # [F, 10, W]
            frames = F.dropout(frames, dropout, self.training)
            tokens = batch['tokens']
            x = self.language.embed(tokens.clamp(min=0))                                              # [B, T, W]
            x = x.masked_scatter((tokens < 0)[:, :, None], frames.flatten(0, 1))
            states = self.language(x)
            chosen = batch['targets'] != IGNORED
            return self.language.logits(states[chosen]), batch['targets'][chosen]


def hard_mean(each: Tensor, loss: str) -> Tensor:
    """One figure for the cross-entropies [P] of all decisions; the term for replies stays cross-entropy. These are the losses
    of LIVE's ablation of its streaming loss, in the form of the papers they come from: what constants it used, we do not know.
        ce      the mean
        ohem    the mean of the hardest quarter (online hard example mining, arXiv 1604.03540; the quarter is ours)
        focal   the mean of (1 - p)^2 -log p (arXiv 1708.02002, gamma = 2; no class weights, `--weight` is one already)"""
    if loss == 'ohem':
        each = each.topk(-(-len(each) // 4)).values
    if loss == 'focal':
        each = (1 - (-each).exp()) ** 2 * each
    return each.sum() / max(1, len(each))


def drift(logits: Tensor, before: Tensor) -> Tensor:
    """How far these predictions [P, vocabulary] have come from those of before: the mean Kullback-Leibler divergence."""
    return F.kl_div(logits.log_softmax(-1), before.log_softmax(-1), reduction='sum', log_target=True) / max(1, len(logits))


def judging(logits: Tensor, targets: Tensor, kinds: Tensor, before: Tensor) -> dict[str, Tensor]:
    """What --judge learns: verdicts, and else to stay with `before`, the earlier weights' logits [P, vocabulary]."""
    verdict = (kinds & VERDICT) > 0
    each = F.cross_entropy(logits[verdict], targets[verdict], reduction='none')
    wrong = logits[verdict].argmax(1) != targets[verdict]
    count = max(1, len(each))
    return {'verdict': each.sum() / count, 'wrong': wrong.sum() / count, 'drift': drift(logits[~verdict], before[~verdict])}


def losses(logits: Tensor, targets: Tensor, kinds: Tensor, loss: str = 'ce', silence: int = SILENT) -> dict[str, Tensor]:
    each = F.cross_entropy(logits, targets, reduction='none')
    decision, reply = (kinds & DECISION) > 0, (kinds & REPLY) > 0
    mean = lambda where: (each * where).sum() / where.sum().clamp(min=1)
    with torch.no_grad():
        guess, speak = logits.argmax(1), decision & (targets != silence)
        said = decision & (guess != silence)
    return {
        'reply': mean(reply), 'decision': hard_mean(each[decision], loss), 'reply_ok': ((guess == targets) & reply).sum() / reply.sum().clamp(min=1),
        'speak_recall': (said & speak).sum() / speak.sum().clamp(min=1), 'speak_precision': (said & speak).sum() / said.sum().clamp(min=1),
    }


def objective(method: Method, logits: Tensor, targets: Tensor, figures: dict[str, Tensor], weight: float) -> Tensor:
    """What is minimised: LIVE's two terms, or language modelling alone with or without its silences."""
    if method.decisions == 'apart':
        return figures['reply'] + weight * figures['decision']
    learned = targets != method.silence if method.decisions == 'never' else torch.ones_like(targets, dtype=torch.bool)
    return F.cross_entropy(logits[learned], targets[learned], reduction='sum') / learned.sum().clamp(min=1)


# 3. Training --------------------------------------------------------------------------------------------------------

def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--cache', type=Path, required=True)
    parser.add_argument('--tokens', type=Path, required=True)
    parser.add_argument('--tokenizer', required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--include', nargs='+', default=['train-*.json', 'recorded-train*.json'])
    parser.add_argument('--minutes', type=float, default=25)
    parser.add_argument('--size', type=int, default=2500, help='tokens in a batch, each process')
    parser.add_argument('--rate', type=float, default=1.5e-3)
    parser.add_argument('--weight', type=float, default=1.0, help='of decisions')
    parser.add_argument('--keep-silent', type=float, default=0.5, help='share of silent frames in the loss')
    parser.add_argument('--plain', type=float, default=Recipe.plain, help='share of sequences with the default instruction')
    parser.add_argument('--questions', type=float, default=Recipe.questions, help='share of sequences with questions')
    parser.add_argument('--dropout', type=float, default=0.1, help='of frame tokens')
    parser.add_argument('--scoped', type=float, default=Recipe.scoped, help='of the others, the share that does not ask for everything')
    parser.add_argument('--begin', type=Path, help='an earlier language.pt to start from')
    parser.add_argument('--judge', type=float, default=0, help='learn only that, with this weight on staying as it was')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--method', choices=METHODS, default='streaming')
    parser.add_argument('--loss', choices=['ce', 'ohem', 'focal'], default='ce', help='over decisions, with --method streaming')
    parser.add_argument('--frame-tokens', type=int, choices=[1, TOKENS], default=TOKENS, help='a bundle needs all')
    options = parser.parse_args(arguments)
    method = METHODS[options.method]
    join(options.seed)
    tokenizer = Tokenizer.from_file(options.tokenizer)
    streams = Streams(options.cache, options.tokens, options.include)
    narrator = Narrator(VisionConfig(), LanguageConfig(vocabulary=SIZE), options.frame_tokens)
    if options.begin:
        narrator.load_state_dict(weights_of(options.begin))
    else:  # what was learned goes with the standardisation it was learned with
        some = streams.streams[::max(1, len(streams.streams) // 200)]
        narrator.standardise(torch.from_numpy(np.concatenate([stream['raw'][0][::4] for stream in some])).float())
    before = copy.deepcopy(narrator).to(DEVICE).eval() if options.judge else None
    if before:
        narrator.connector.requires_grad_(False)  # vision.onnx stays as it is
    run = Run(narrator.to(DEVICE), options.out, options.minutes, options.rate, decay=0.05)
    random = np.random.default_rng([options.seed, RANK, run.step])
    recipe = Recipe(keep_silent=options.keep_silent, plain=options.plain, questions=options.questions, scoped=options.scoped)
    source = batches(streams, tokenizer, recipe, options.size, random, method, options.frame_tokens, JUDGED if before else 0)
    if RANK == 0:
        print(f'{len(streams.streams)} streams, {sum(p.numel() for p in run.trained) / 1e6:.1f}M parameters', flush=True)
    while not run.done:
        batch = on_device(next(source))
        logits, targets = narrator(batch, options.dropout)
        kinds = batch['kinds'][batch['targets'] != IGNORED]
        if before is None:
            figures = losses(logits, targets, kinds, options.loss, method.silence)
            loss = objective(method, logits, targets, figures, options.weight)
        else:
            with torch.no_grad():
                said = before(batch, dropout=0)[0] if len(batch['still']) else logits  # of judgements it has no opinion
            figures = judging(logits, targets, kinds, said)
            loss = figures['verdict'] + options.judge * figures['drift']
        run.update(loss, {key: value.detach() for key, value in figures.items()})
    run.save()
    leave()


if __name__ == '__main__':
    main()
