"""Stage 2: trains the image encoder from scratch.

    torchrun --nproc-per-node 2 train_vision.py --cache CACHE --tokenizer T.json --out RUN/vision.pt --minutes 30

Clips of consecutive frames, so that the change features are trained as well. Of recorded programs only the events are known, so
they teach the last loss alone. Losses, summed:
    clip    contrastive against captions; identical captions count as positives
    state   what is in front, open, which dialog, is there a menu, a notification, a progress bar, a blank screen
    places  at each of the 15 x 24 places of the map: what is there now, what was there in the frame before, what it is busy with
    events  what has just happened and what is going on, from the tokens that say what changed
Places teach the most per picture: 360 answers instead of one (as semantic segmentation does).
The learning rate follows the clock, not a step count, so a slow machine trains fewer steps but to the end. One process a
core; gradients are averaged. Shards that appear in CACHE while it runs are taken in. `--out` is written every few minutes,
with all that is needed to go on from it (run the same command again); RUN/vision.csv holds the curves.
"""

import argparse
import itertools
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

import wording
from augment import Look, any_look, show
from frames import frame_of
from gate import ENCODE
from pictures import Pictures
from text_tower import CAPTION, TextTower
from tokenizer import PAD
from training import DEVICE, RANK, Run, faster, join, leave, on_device, weights_of
from vision import HEIGHT, MAP_HEIGHT, MAP_WIDTH, WIDTH, Vision, VisionConfig, appearance_tokens, freeze_statistics, luma_of

APPS, DIALOGS = wording.SUBJECTS['app'], wording.SUBJECTS['dialog']
FRONT, DIALOG = [None, *APPS], [None, *DIALOGS]
THINGS = ['border', 'desktop', 'blank', 'progress', 'menu', 'notification', *APPS, *DIALOGS]  # what can be at a place
DESKTOP = ['desktop', 0, 0, 1, 1, None]  # the layer behind all
DEEPEST = 2
DOINGS = ['typing', 'scrolling', 'running', 'playing', 'filling']
RARE = ['progress', 'menu', 'notification', *DIALOGS]  # small, so each place counts for more
KINDS = list(wording.KINDS)
GOING_ON = ['typing', 'scrolling', 'running', 'playing']
FLAGS = ['menu', 'notification', 'blank']


# 1. Data ------------------------------------------------------------------------------------------------------------

class Clips:
    """Random clips of consecutive encoded frames with their labels; three of five hold an event. With `known`, only streams
    of which the state of every frame is known are taken, otherwise only those of which it is not."""

    def __init__(self, cache: Path, include: str, length: int, seed: int, known: bool = True):
        self.cache, self.include, self.length, self.random, self.known = cache, include, length, np.random.default_rng(seed), known
        self.names, self.starts, self.eventful = set(), [], []
        self.look()

    def look(self):
        """Takes in shards that are new in the cache."""
        for path in sorted(self.cache.glob(self.include)):
            if path.stem in self.names:
                continue
            frames, streams = Pictures(self.cache, path.stem), json.loads(path.read_text())
            if any((stream['states'] is not None) != self.known for stream in streams):
                continue
            self.names.add(path.stem)
            for stream in streams:
                shown = [i for i, action in enumerate(stream['actions']) if action == ENCODE]
                happened = {}
                for t, kind, _, _ in stream['events']:
                    happened.setdefault(frame_of(t), []).append(kind)
                stream = {'pictures': frames, 'first': stream['first'], 'shown': shown, 'states': stream['states'], 'happened': happened, 'size': stream.get('size')}
                for at in range(len(shown) - self.length + 1):
                    self.starts.append((stream, at))
                    if any(happened.get(i) for i in shown[at + 1:at + self.length]):
                        self.eventful.append((stream, at))

    def sample(self):
        pool = self.eventful if self.random.random() < 0.6 else self.starts
        stream, at = pool[self.random.integers(len(pool))]
        first = stream['first'] + at
        clip, look = stream['pictures'][first:first + self.length], any_look(self.random)    # [L, H, W, 3]
        shown = stream['shown'][at:at + self.length]
        happened = [stream['happened'].get(i, []) for i in shown]
        if not self.known:
            return clip, look, [], happened, []
        states = [stream['states'][i] for i in shown]
        return clip, look, states, happened, [places(state['layers'], stream['size'], look) for state in states]


def places(layers: list, size: tuple[int, int], look: Look) -> np.ndarray:
    """What is at each place of the map and what it is busy with: int64 [2, 15, 24], indices of THINGS and of DOINGS (-1: nothing).

    `size` is the video's, before it was letterboxed; `look` is the one it is shown in."""
    result = np.empty((2, MAP_HEIGHT, MAP_WIDTH), np.int64)
    result[0], result[1] = 0, -1
    for (what, *_, doing), area in zip([DESKTOP, *layers], areas(layers, size, look)):
        result[0][area] = THINGS.index(what)
        result[1][area] = DOINGS.index(doing) if doing else -1
    return result


def depths(layers: list, size: tuple[int, int], look: Look) -> np.ndarray:
    """How many windows are before that of each place: int64 [15, 24], 0 for the one in front, DEEPEST also beyond, -1: no window."""
    result = np.full((MAP_HEIGHT, MAP_WIDTH), -1)
    windows = [what == 'progress' or what in APPS or what in DIALOGS for what, *_ in [DESKTOP, *layers]]
    for index, area in enumerate(areas(layers, size, look)):
        result[area] = min(DEEPEST, sum(windows[index + 1:])) if windows[index] else -1
    return result


def areas(layers: list, size: tuple[int, int], look: Look) -> list[tuple[slice, slice]]:
    """Rows and columns of the map that the desktop and each layer fill, whatever else may cover them."""
    scale, left, top = look.scale, look.left, look.top
    fit = min(WIDTH / size[0], HEIGHT / size[1])
    w, h = size[0] * fit, size[1] * fit
    to_row = lambda y: np.clip(round((((HEIGHT - h) / 2 + y * h - top) * scale) / 16), 0, MAP_HEIGHT)
    to_column = lambda x: np.clip(round((((WIDTH - w) / 2 + x * w - left) * scale) / 16), 0, MAP_WIDTH)
    return [
        np.s_[to_row(max(0, y)):to_row(min(1, y + high)), to_column(max(0, x)):to_column(min(1, x + wide))]
        for _, x, y, wide, high, _ in [DESKTOP, *layers]
    ]


def labels(states: list[dict], happened: list[list[str]], maps: list[np.ndarray], tokenizer: Tokenizer) -> dict[str, Tensor]:
    """Of N frames, the states of the first K are known. Of the others it is not known either what is going on: -1."""
    captions = [tokenizer.encode(state['caption']).ids[:CAPTION] for state in states]
    width = max(map(len, captions))
    maps = torch.from_numpy(np.stack(maps))                                                            # [N, 2, 15, 24]
    caption = torch.tensor([ids + [PAD] * (width - len(ids)) for ids in captions])                         # [N, T]
    return {
        'caption': caption,
        'same': (caption[:, None] == caption).all(2),                                                      # [N, N]
        'front': torch.tensor([FRONT.index(state['front']) for state in states]),
        'dialog': torch.tensor([DIALOG.index(state['dialog']) for state in states]),
        'open': torch.tensor([[float(app in state['open']) for app in APPS] for state in states]),
        'flags': torch.tensor([[float(bool(state[flag])) for flag in FLAGS] + [float(state['progress'] is not None)] for state in states]),
        'progress': torch.tensor([state['progress'] or 0.0 for state in states]),
        'things': maps[:, 0], 'doings': torch.stack([(maps[:, 1] == i).float() for i in range(len(DOINGS))], 1),   # [N, 15, 24], [N, 5, 15, 24]
        'events': torch.tensor([
            [float(kind in kinds) for kind in KINDS] + [float(bool(state[flag])) if state else -1.0 for flag in GOING_ON]
            for state, kinds in itertools.zip_longest(states, happened)
        ]),
    }


# 2. Model: both towers that are shipped, and heads that are not ------------------------------------------------------

class Student(nn.Module):
    def __init__(self, config: VisionConfig):
        super().__init__()
        self.vision = Vision(config)
        self.text = TextTower(config.embedding)
        self.temperature = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        a = config.appearance
        self.state = nn.Linear(10 * a, len(FRONT) + len(DIALOG) + len(APPS) + len(FLAGS) + 2)
        self.thing = nn.Conv2d(a, len(THINGS), 1)
        self.before = nn.Conv2d(config.transition, len(THINGS) + len(DOINGS), 1)
        self.register_buffer('weights', torch.tensor([3.0 if thing in RARE else 1.0 for thing in THINGS]))
        self.spread = nn.BatchNorm1d(config.raw)  # stands in for the standardisation that the connector gets later
        self.event = nn.Sequential(nn.Linear(10 * config.raw, 256), nn.ReLU(), nn.Linear(256, len(KINDS) + len(GOING_ON)))

    def forward(self, x: Tensor, length: int, target: dict[str, Tensor]) -> dict[str, Tensor]:
        """Clips of `length` frames, one behind the other, float [N, 3, H, W] in -1..1, and their labels; what they show is known
        of the first K only. Returns each loss, and some rates of success."""
        vision, known = self.vision, len(target['front'])
        earlier = lambda y: y.unflatten(0, (-1, length))[:, :-1].flatten(0, 1)
        later = lambda y: y.unflatten(0, (-1, length))[:, 1:].flatten(0, 1)
        luma = luma_of(x)
        difference = later(luma) - earlier(luma)
        with faster():
            features = vision.encoder(x.contiguous(memory_format=torch.channels_last))                 # [N, C, 15, 24]
            there = vision.appearance(features).float()                                                # [N, A, 15, 24]
            changed = vision.transition(later(features), earlier(features), difference).float()        # [B * (L - 1), T, 15, 24]
        tokens = appearance_tokens(there[:known])                                                      # [K, 10, A]

        image, text = vision.embedding(tokens), self.text(target['caption'])
        similar = image @ text.T * self.temperature.exp().clamp(max=100)                               # [K, K]
        truth = target['same'].float()
        clip = sum(-(F.log_softmax(s, 1) * (truth / truth.sum(1, keepdim=True))).sum(1).mean() for s in (similar, similar.T)) / 2

        sizes = [len(FRONT), len(DIALOG), len(APPS), len(FLAGS) + 1, 1]
        front, dialog, opened, flags, progress = self.state(tokens.flatten(1)).split(sizes, 1)
        filling = target['flags'][:, -1]
        state = F.cross_entropy(front, target['front']) + F.cross_entropy(dialog, target['dialog'])
        state = state + F.binary_cross_entropy_with_logits(opened, target['open']) + F.binary_cross_entropy_with_logits(flags, target['flags'])
        state = state + ((progress[:, 0] - target['progress']).square() * filling).sum() / filling.sum().clamp(min=1)

        pairs = known // length * (length - 1)
        thing = self.thing(there[:known])                                                              # [K, things, 15, 24]
        before, doing = self.before(changed[:pairs]).split([len(THINGS), len(DOINGS)], 1)
        now = F.cross_entropy(thing, target['things'], self.weights)
        past = F.cross_entropy(before, earlier(target['things']), self.weights, reduction='none')
        moved = F.max_pool2d(difference[:pairs].abs(), 8)[:, 0] > 0.03                                  # where something changed: [.., 15, 24]
        past = (past * moved).sum() / moved.sum().clamp(min=1)
        busy = F.binary_cross_entropy_with_logits(doing, later(target['doings']))

        rows = vision.raw(later(there), changed, difference, torch.ones(len(changed), 1, 1, device=x.device))
        said = self.event(self.spread(rows.flatten(0, 1)).view(len(rows), -1))                         # [B * (L - 1), kinds]
        true = later(target['events'])
        event = F.binary_cross_entropy_with_logits(said, true, (true >= 0).float(), pos_weight=torch.tensor(4.0, device=x.device)) * 4
        with torch.no_grad():
            f1 = lambda said, true: 2 * ((said > 0) & (true > 0.5)).sum() / ((said > 0).sum() + (true > 0.5).sum()).clamp(min=1)
            inside = target['things'] > THINGS.index('desktop')
            rates = {
                'front_ok': (front.argmax(1) == target['front']).float().mean(), 'dialog_ok': (dialog.argmax(1) == target['dialog']).float().mean(),
                'places_ok': ((thing.argmax(1) == target['things']) & inside).sum() / inside.sum().clamp(min=1),
                'events_f1': f1(said[:pairs], true[:pairs]), 'recorded_f1': f1(said[pairs:, :len(KINDS)], true[pairs:, :len(KINDS)]),
            }
        return {'clip': clip, 'state': state, 'now': now, 'past': past, 'busy': busy, 'events': event, **rates}


def objective(figures: dict[str, Tensor]) -> Tensor:
    """What is minimised, of the losses of `Student`."""
    return 0.3 * figures['clip'] + 0.7 * figures['state'] + figures['now'] + figures['past'] + 2 * figures['busy'] + 1.5 * figures['events']


# 3. Training --------------------------------------------------------------------------------------------------------

def main(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--cache', type=Path, required=True)
    parser.add_argument('--tokenizer', required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--minutes', type=float, default=30)
    parser.add_argument('--clips', type=int, default=12, help='in a batch, each process')
    parser.add_argument('--length', type=int, default=4, help='frames in a clip')
    parser.add_argument('--rate', type=float, default=2e-3)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--recorded', type=int, default=0, help='of the clips, so many are of streams of which only the events are known')
    parser.add_argument('--include-recorded', default='recorded-train*.json')
    parser.add_argument('--frozen', action='store_true', help='go on with the statistics of batch normalisation as they are: a fifth faster')
    parser.add_argument('--heads', type=Path, help="a vision.pt of go_on.py: only what a bundle does not hold learns, from its beginning")
    parser.add_argument('--include', default='train-*.json')
    options = parser.parse_args(arguments)
    join(options.seed)
    student = Student(VisionConfig()).to(DEVICE)
    student.vision.encoder.to(memory_format=torch.channels_last)
    if options.frozen or options.heads:
        freeze_statistics(student.vision)
    if options.heads:
        student.load_state_dict(weights_of(options.heads))
        student.vision.requires_grad_(False)
        student.text.requires_grad_(False)
    run = Run(student, options.out, options.minutes, options.rate, decay=0.05)
    seed = options.seed + 1000 * RANK + run.step
    clips = Clips(options.cache, options.include, options.length, seed)
    recorded = Clips(options.cache, options.include_recorded, options.length, seed, known=False)
    tokenizer = Tokenizer.from_file(options.tokenizer)
    looked = time.time()
    while not run.done:
        if time.time() - looked > 30:
            clips.look()
            looked = time.time()
        chosen = [clips.sample() for _ in range(options.clips - options.recorded)] + [recorded.sample() for _ in range(options.recorded)]
        images, looks, *rest = zip(*chosen)
        target = labels(*[[item for clip in part for item in clip] for part in rest], tokenizer)
        pictures = torch.from_numpy(np.concatenate(images)).to(DEVICE)
        x = show(pictures, [look for look in looks for _ in range(options.length)])
        figures = student(x, options.length, on_device(target))
        run.update(objective(figures), {**{key: value.detach() for key, value in figures.items()}, 'shards': len(clips.names)})
    run.save()
    leave()


if __name__ == '__main__':
    main()
