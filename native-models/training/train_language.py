"""Stage 4: trains the decoder and the connector from scratch, with LIVE's loss.

    torchrun --nproc-per-node 2 train_language.py --cache CACHE --tokens TOKENS --tokenizer T.json --out RUN/language.pt --minutes 25

One stream is one sequence (dialogue.py). Loss = mean cross-entropy over reply tokens + `--weight` times the mean over
decisions (silence on the kept share of silent frames, the opening of the reply where something is to be said).
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from dialogue import DECISION, IGNORED, REPLY, Recipe, Sequence, build
from language import Language, LanguageConfig
from tokenizer import ASSISTANT, PAD, SILENT, SIZE
from training import RANK, Run, join, leave
from vision import TOKENS, Vision, VisionConfig


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
                    self.streams.append({**stream, 'raw': slices})
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
        'still': torch.tensor([flag for sequence, _ in built for flag in sequence.still]),            # [F]
    }


def batches(streams: Streams, tokenizer: Tokenizer, recipe: Recipe, size: int, random: np.random.Generator):
    """Endless batches of sequences of about one length: `size` tokens with the padding."""
    pool = []
    while True:
        for index in random.permutation(len(streams.streams)):
            stream = streams.streams[index]
            sequence = build(stream, tokenizer, random, recipe, streams.events)
            if sequence.rows:
                pool.append((sequence, stream['raw'][random.integers(len(stream['raw']))]))
            if len(pool) == 64:
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
    def __init__(self, vision: VisionConfig, language: LanguageConfig):
        super().__init__()
        self.connector = Vision(vision)
        del self.connector.encoder, self.connector.appearance, self.connector.transition, self.connector.embed  # those are trained already
        self.language = Language(language)
        self.appearance = vision.appearance

    def standardise(self, sample: Tensor):
        """Fits the connector's input to raw tokens [N, 10, raw]. What never varies is not blown up."""
        flat = sample.flatten(0, 1)
        self.connector.mean.data = flat.mean(0)
        self.connector.scale.data = 1 / flat.std(0).clamp(min=0.02)

    def forward(self, batch: dict[str, Tensor], dropout: float) -> tuple[Tensor, Tensor]:
        """Logits at the positions that have a target, [P, vocabulary], and those targets."""
        raw = batch['raw']
        raw[batch['still'], :, self.appearance:] = 0                                                    # nothing changed
        with torch.autocast('cpu', torch.bfloat16):
            frames = self.connector.connect(raw).float()                                              # [F, 10, W]
            frames = F.dropout(frames, dropout, self.training)
            tokens = batch['tokens']
            x = self.language.embed(tokens.clamp(min=0))                                              # [B, T, W]
            x = x.masked_scatter((tokens < 0)[:, :, None], frames.flatten(0, 1))
            states = self.language(x)
            chosen = batch['targets'] != IGNORED
            return self.language.logits(states[chosen]), batch['targets'][chosen]


def losses(logits: Tensor, targets: Tensor, kinds: Tensor) -> dict[str, Tensor]:
    each = F.cross_entropy(logits, targets, reduction='none')
    decision, reply = kinds == DECISION, kinds == REPLY
    mean = lambda where: (each * where).sum() / where.sum().clamp(min=1)
    with torch.no_grad():
        guess, speak = logits.argmax(1), targets == ASSISTANT
        said = decision & (guess != SILENT)
    return {
        'reply': mean(reply), 'decision': mean(decision), 'reply_ok': ((guess == targets) & reply).sum() / reply.sum().clamp(min=1),
        'speak_recall': (said & speak).sum() / speak.sum().clamp(min=1), 'speak_precision': (said & speak).sum() / said.sum().clamp(min=1),
    }


# 3. Training --------------------------------------------------------------------------------------------------------

def main():
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
    parser.add_argument('--dropout', type=float, default=0.1, help='of frame tokens')
    parser.add_argument('--begin', type=Path, help='an earlier language.pt to start from')
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    join(options.seed)
    tokenizer = Tokenizer.from_file(options.tokenizer)
    streams = Streams(options.cache, options.tokens, options.include)
    narrator = Narrator(VisionConfig(), LanguageConfig(vocabulary=SIZE))
    if options.begin:
        narrator.load_state_dict(torch.load(options.begin, weights_only=True)['model'])
    some = streams.streams[::max(1, len(streams.streams) // 200)]
    narrator.standardise(torch.from_numpy(np.concatenate([stream['raw'][0][::4] for stream in some])).float())
    run = Run(narrator, options.out, options.minutes, options.rate, decay=0.05)
    random = np.random.default_rng([options.seed, RANK, run.step])
    source = batches(streams, tokenizer, Recipe(keep_silent=options.keep_silent), options.size, random)
    if RANK == 0:
        print(f'{len(streams.streams)} streams, {sum(p.numel() for p in run.trained) / 1e6:.1f}M parameters', flush=True)
    while not run.done:
        batch = next(source)
        logits, targets = narrator(batch, options.dropout)
        figures = losses(logits, targets, batch['kinds'][batch['targets'] != IGNORED])
        run.update(figures['reply'] + options.weight * figures['decision'], {key: value.detach() for key, value in figures.items()})
    run.save()
    leave()


if __name__ == '__main__':
    main()
