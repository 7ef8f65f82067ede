"""Stage 4b: encoder, connector and decoder learn together, from both stages' losses. What decides whether to speak then also
shapes what is seen. Wants a GPU (23 GB with the defaults): a step takes 0.16 s on an H100 and half a minute on two CPU cores.

    python train_jointly.py --cache CACHE --vision RUN/vision.pt --language RUN/language.pt --tokenizer T.json --out JOINT --minutes 9

Stage 4d: with `--hold` the decoder and the text tower stay as they are and tell encoder and connector what they need, so that of a bundle
only vision.onnx changes. Then small steps do, and two cores take 7 s for one. From a bundle, which does not hold the heads:

    python go_on.py ../bundles/desk-nano --out BEGIN
    torchrun --nproc-per-node 2 train_vision.py --heads BEGIN/vision.pt ... --length 2 --clips 24 --rate 2e-2 --minutes 5 --out HEADS.pt
    torchrun --nproc-per-node 2 train_jointly.py --hold --vision HEADS.pt --language BEGIN/language.pt ... --minutes 65 --rate 3e-4 \
        --sequences 2 --clips 8 --recorded 0
    python average.py BEGIN JOINT --share 0.6 --out MEAN

JOINT/vision.pt and JOINT/language.pt are written every few minutes, in the form of train_vision.py and train_language.py;
JOINT/joint.pt is what the same command goes on from, JOINT/joint.csv holds the curves.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

import train_vision
from augment import any_look, show
from dialogue import IGNORED, Recipe, build
from frames import frame_of
from gate import ENCODE
from language import LanguageConfig
from pictures import Gallery
from tokenizer import PAD, SIZE
from train_language import Narrator, losses
from train_vision import Student, labels, places
from training import DEVICE, RANK, Run, faster, join, leave, on_device, weights_of
from vision import VisionConfig, freeze_statistics, luma_of

ROUND = (256, 128) if DEVICE != 'cpu' else (1, 1)  # frames and tokens of a batch are rounded up: few shapes suit a GPU
AT_ONCE = 256 if DEVICE != 'cpu' else 8            # pictures in the encoder: the maps of more leave the cache of a core


# 1. Data: pictures are named by their number in the gallery ----------------------------------------------------------

def read_streams(cache: Path, names: list[str], gallery: Gallery) -> list[dict]:
    """All streams, with the number of their first picture, the frames that were encoded, and what happened at which frame. Recorded
    streams are few and short ones teach the encoder, hence the weights with which sequences are made of them."""
    streams = []
    for name in names:
        for stream in json.loads((cache / f'{name}.json').read_text()):
            happened = {}
            for t, kind, _, _ in stream['events']:
                happened.setdefault(frame_of(t), []).append(kind)
            streams.append({
                **stream, 'at': gallery.first[name] + stream['first'], 'happened': happened,
                'shown': [i for i, action in enumerate(stream['actions']) if action == ENCODE],
                'weight': 3.0 if stream['states'] is None else 1.0 if len(stream['actions']) > 40 else 0.4,
            })
    return streams


def clip_batches(streams: list[dict], count: int, recorded: int, tokenizer: Tokenizer, random: np.random.Generator):
    """Endless batches of pairs of frames as Student wants them: numbers [2 count], looks, labels."""
    pools = {known: [(stream, at) for stream in streams if (stream['states'] is not None) == known for at in range(len(stream['shown']) - 1)]
             for known in (True, False)}
    lively = {known: [(stream, at) for stream, at in pool if stream['happened'].get(stream['shown'][at + 1])] for known, pool in pools.items()}
    while True:
        numbers, looks, states, happened, maps = [], [], [], [], []
        for i in range(count):
            known = i < count - recorded
            pool = (lively if random.random() < 0.6 else pools)[known]
            stream, at = pool[random.integers(len(pool))]
            look = any_look(random)
            numbers += [stream['at'] + at, stream['at'] + at + 1]
            looks += [look, look]
            for index in stream['shown'][at:at + 2]:
                happened.append(stream['happened'].get(index, []))
                if known:
                    state = stream['states'][index]
                    states.append(state)
                    maps.append(places(state['layers'], stream['size'], look))
        yield torch.tensor(numbers), looks, labels(states, happened, maps, tokenizer)


def sequence_batches(streams: list[dict], count: int, tokenizer: Tokenizer, random: np.random.Generator, recipe: Recipe = Recipe()):
    """Endless batches of `count` sequences (dialogue.py): numbers of the pictures [F] with their looks, and tensors.

    `before` [F] is the place, among the F, of the picture before each; `follows` [F] is 0 where there is none. `rows` are the
    places of the frames that the sequences show, in their order."""
    events = [(kind, subject) for stream in streams for _, kind, subject, _ in stream['events']]
    share = np.array([stream['weight'] for stream in streams])
    while True:
        numbers, looks, before, follows, rows, built = [], [], [], [], [], []
        for index in random.choice(len(streams), count, p=share / share.sum()):
            stream = streams[index]
            sequence = build(stream, tokenizer, random, recipe, events)
            if not sequence.rows:
                continue
            first, look, base = max(0, min(sequence.rows) - 1), any_look(random), len(numbers)  # the first has no tokens of its own
            for row in range(first, max(sequence.rows) + 1):
                before.append(max(base, len(numbers) - 1))
                numbers.append(stream['at'] + row)
                looks.append(look)
                follows.append(float(row > 0))
            rows += [base + row - first for row in sequence.rows]
            built.append(sequence)
        while len(numbers) % ROUND[0]:
            before.append(len(numbers))
            numbers.append(numbers[-1])
            looks.append(looks[-1])
            follows.append(0.0)
        length = -(-max(len(sequence.tokens) for sequence in built) // ROUND[1]) * ROUND[1]
        pad = lambda values, filler: values + [filler] * (length - len(values))
        yield torch.tensor(numbers), looks, {
            'before': torch.tensor(before), 'follows': torch.tensor(follows), 'rows': torch.tensor(rows),
            'tokens': torch.tensor([pad(sequence.tokens, PAD) for sequence in built]),
            'targets': torch.tensor([pad(sequence.targets, IGNORED) for sequence in built]),
            'kinds': torch.tensor([pad(sequence.kinds, 0) for sequence in built]),
            'still': torch.tensor([flag for sequence in built for flag in sequence.still]),
        }


class Endless(IterableDataset):
    """Batches made by other processes, each with dice of its own."""

    def __init__(self, make: Callable[[np.random.Generator], Iterator], seed: int):
        self.make, self.seed = make, seed

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        return self.make(np.random.default_rng([self.seed, worker.id if worker else 0]))


def loader(make: Callable[[np.random.Generator], Iterator], seed: int, workers: int) -> Iterator:
    return iter(DataLoader(Endless(make, seed), batch_size=None, num_workers=workers, multiprocessing_context='fork' if workers else None))


# 2. Model -----------------------------------------------------------------------------------------------------------

class Whole(nn.Module):
    """What both stages train."""

    def __init__(self):
        super().__init__()
        self.student = Student(VisionConfig())
        self.narrator = Narrator(VisionConfig(), LanguageConfig(vocabulary=SIZE))
        freeze_statistics(self.student.vision)

    def hold(self):
        """Leaves the decoder and the text tower as they are, and the first two stages of the encoder, which take a quarter of the time."""
        for part in (self.narrator.language, self.student.text, *self.student.vision.encoder.stages[:2]):
            part.requires_grad_(False)

    def raw(self, x: Tensor, before: Tensor, follows: Tensor) -> Tensor:
        """Raw tokens [F, 10, raw] of pictures [F, 3, H, W]: what cache_tokens.py computes once, here with gradients."""
        vision, luma = self.student.vision, luma_of(x)
        difference = luma - luma[before]
        in_parts = lambda see, *maps: torch.cat([see(*some) for some in zip(*[y.split(AT_ONCE) for y in maps])])
        with faster():
            features = in_parts(vision.encoder, x.contiguous(memory_format=torch.channels_last))
            there = in_parts(vision.appearance, features).float()
            changed = in_parts(vision.transition, features, features[before], difference).float()
        return vision.raw(there, changed, difference, follows[:, None, None])

    def save(self, out: Path):
        if RANK:
            return
        torch.save({'model': self.student.state_dict()}, out / 'vision.pt')
        torch.save({'model': self.narrator.state_dict()}, out / 'language.pt')


# 3. Training --------------------------------------------------------------------------------------------------------

def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ('cache', 'vision', 'language', 'tokenizer', 'out'):
        parser.add_argument(f'--{name}', type=Path, required=True)
    parser.add_argument('--include', nargs='+', default=['train-*.json', 'recorded-train*.json'])
    parser.add_argument('--minutes', type=float, default=9)
    parser.add_argument('--rate', type=float, default=1e-3)
    parser.add_argument('--clips', type=int, default=224, help='pairs of frames in a step')
    parser.add_argument('--recorded', type=int, default=40, help='of them, so many of streams of which only the events are known')
    parser.add_argument('--sequences', type=int, default=24, help='in a step')
    parser.add_argument('--weight', type=float, default=3.0, help='of the losses of language')
    parser.add_argument('--decisions', type=float, default=0.5, help='of those, the weight of decisions')
    parser.add_argument('--workers', type=int, default=0, help='processes that make the batches of each kind')
    parser.add_argument('--hold', action='store_true', help='decoder, text tower and the first two stages of the encoder stay as they are')
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args(arguments)
    join(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    names = sorted({path.stem for include in options.include for path in options.cache.glob(include)})
    gallery = Gallery(options.cache, names)
    streams = read_streams(options.cache, names, gallery)

    whole = Whole()
    whole.student.load_state_dict(weights_of(options.vision))
    whole.narrator.load_state_dict(weights_of(options.language))
    recipe = Recipe()
    if options.hold:
        whole.hold()
        recipe = Recipe(scoped=0)  # what an instruction does not ask for is judged afterwards (stage 4c)
    run = Run(whole.to(DEVICE), options.out / 'joint.pt', options.minutes, options.rate, decay=0.05)
    seed = options.seed + run.step + 100_000 * RANK
    clips = loader(lambda random: clip_batches(streams, options.clips, options.recorded, tokenizer, random), seed, options.workers)
    sequences = loader(lambda random: sequence_batches(streams, options.sequences, tokenizer, random, recipe), seed, options.workers)
    if RANK == 0:
        print(f'{len(streams)} streams, {len(gallery)} frames', flush=True)
    while not run.done:
        numbers, looks, target = next(clips)
        seen = whole.student(show(gallery[numbers], looks), 2, on_device(target))
        numbers, looks, tensors = next(sequences)
        batch = on_device(tensors)
        batch['raw'] = whole.raw(show(gallery[numbers], looks), batch['before'], batch['follows'])[batch['rows']]
        logits, targets = whole.narrator(batch, 0.1)
        told = losses(logits, targets, batch['kinds'][batch['targets'] != IGNORED])
        loss = train_vision.objective(seen) + options.weight * (told['reply'] + options.decisions * told['decision'])
        run.update(loss, {key: value.detach() for key, value in {**seen, **told}.items()})
        if run.step % 500 == 0:
            whole.save(options.out)
    run.save()
    whole.save(options.out)
    leave()


if __name__ == '__main__':
    main()
