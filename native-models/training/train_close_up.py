"""Stage 4e: trains the closer look (close_up.py), and the decoder to answer questions by it; all else that the decoder says stays.

    node native-models/desk-world/render.ts --stills --streams 250 --seconds 12 --seed 35000 --out DATA/still-00      (and more of them)
    python prepare.py DATA/still-* --out STILLS
    torchrun --nproc-per-node 2 train_close_up.py --part look --stills STILLS --streams CACHE --tokens TOKENS --vision RUN/vision.pt \
        --language RUN/language.pt --tokenizer T.json --out LOOK --minutes 75 --size 16 --plain 0.75
    torchrun --nproc-per-node 2 train_close_up.py --part words ... --begin LOOK/close-up.pt --out OUT --minutes 20 --size 8 --interruptions 3 \
        --plain 0.9 --rate 8e-4 --decoder 0.3

Stills are desktops of which no two are alike, each with questions about it and their answers. Other questions, of every kind, cut in
on a stream, behind all that the decoder remembers of it by then. Losses, summed:
    reply   the answer's words
    drift   how far decisions and replies in streams, and verdicts on sentences, have come from those of the earlier weights
    places  what is at each of the 15 x 24 places
    depth   how many windows are before that of each place
    state   which application is in front, and which can be seen
    named   what the answer names first, second, third and fourth, from one token each
OUT/close-up.pt is what the same command goes on from, OUT/language.pt (of the words) the decoder with its connector, in the form of
train_language.py.
`--begin` starts from an earlier close-up.pt, else the convolutions begin as those of the stream's encoder.
"""

import argparse
import copy
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

import wording
from augment import Look, any_look, show
from close_up import COLUMNS, CONFIG, ROWS, CloseUp
from dialogue import CLOSE_UP, FRAME, IGNORED, Recipe, Sequence, answer, build, judgement, pick
from gate import ENCODE
from language import Language, LanguageConfig
from pictures import Pictures
from tokenizer import EOS, PAD, SIZE
from train_language import Narrator, Streams, drift
from train_vision import APPS, DEEPEST, FRONT, RARE, THINGS, depths, places
from training import RANK, Run, join, leave, part_of, weights_of
from vision import MAP_HEIGHT, MAP_WIDTH, TOKENS, VisionConfig, freeze_statistics

AT_ONCE = 4  # pictures in the convolutions: the maps of more leave the cache of a core
NAMED = [None, 'blank', *wording.NAMES]
SLOTS = 4


# 1. Data ------------------------------------------------------------------------------------------------------------

class Stills:
    """Pictures of which the state is known, from shards of `render.ts --stills`; new ones are taken in while it runs. Half of a batch
    are crowded, with one window behind another: those are hard."""

    def __init__(self, cache: Path, tokenizer: Tokenizer, random: np.random.Generator, plain: float):
        self.cache, self.tokenizer, self.random, self.plain = cache, tokenizer, random, plain
        self.names, self.stills, self.crowded = set(), [], []
        self.look()

    def look(self):
        self.looked = time.time()
        for path in sorted(self.cache.glob('*.json')):
            if path.stem in self.names:
                continue
            self.names.add(path.stem)
            pictures = Pictures(self.cache, path.stem)
            for stream in json.loads(path.read_text()):
                shown = [i for i, action in enumerate(stream['actions']) if action == ENCODE]
                stills = [(pictures, stream['first'] + row, stream['states'][i], stream['size']) for row, i in enumerate(shown)]
                self.stills += stills
                self.crowded += [still for still in stills if named(still[2])[1]]

    def sample(self) -> dict:
        """One picture with questions about it: what is on the screen, in both languages, and which window is in front."""
        if time.time() - self.looked > 60:
            self.look()
        random, encode, sequences = self.random, lambda text: self.tokenizer.encode(text).ids, []
        pictures, at, state, size = pick(self.crowded if random.random() < 0.5 else self.stills, random)
        look = Look() if random.random() < self.plain else any_look(random)
        for topic, language in (('screen', 'en'), ('screen', 'ko'), ('front', pick(wording.LANGUAGES, random))):
            sequence = Sequence()
            sequence.opening(encode(wording.EVERYTHING[language]))
            sequence.close_up(at)
            sequence.query(encode(pick(wording.QUESTIONS[topic][language], random)))
            sequence.reply(encode(answer(topic, state, 0, [], language)))
            sequences.append({'sequence': sequence, 'topic': topic})
        layers = state['layers'], size, look
        return {'asked': sequences, 'picture': pictures[at:at + 1][0], 'look': look, 'state': state, 'places': places(*layers)[0], 'depths': depths(*layers)}


class Interruptions:
    """Streams in which a question cuts in. All that the decoder has of a stream until then stands before it. Half of the questions
    are about a still instead: there are many more of them, and the closer look is to be believed rather than what came before."""

    def __init__(self, streams: Streams, cache: Path, stills: Stills, tokenizer: Tokenizer, random: np.random.Generator):
        self.streams, self.stills, self.tokenizer, self.random = streams, stills, tokenizer, random
        self.pictures = {stream['shard']: Pictures(cache, stream['shard']) for stream in streams.streams}

    def sample(self) -> dict:
        recipe = Recipe(questions=1, scoped=0, keep_silent=1, closer=True)
        while True:
            stream = pick(self.streams.streams, self.random)
            sequence = build(stream, self.tokenizer, self.random, recipe, self.streams.events)
            if not sequence.looks or not sequence.rows:
                continue
            at = sequence.tokens.index(CLOSE_UP)
            end = sequence.tokens.index(EOS, at) + 1
            frames = sequence.tokens[:at].count(FRAME) // TOKENS
            if not frames:
                continue
            cut = Sequence(sequence.tokens[:end], sequence.targets[:end], [], sequence.rows[:frames], sequence.still[:frames])
            if self.random.random() < 0.5:
                still = self.stills.sample()
                about = pick(still['asked'], self.random)['sequence']
                tail = about.tokens.index(CLOSE_UP)
                cut.tokens[at:], cut.targets[at:] = about.tokens[tail:], about.targets[tail:]
                return {'sequence': cut, 'picture': still['picture'], 'look': still['look'], 'raw': stream['raw'][0][cut.rows]}
            shard = self.pictures[stream['shard']]
            first = stream['first'] + sequence.looks[0]
            return {'sequence': cut, 'picture': shard[first:first + 1][0], 'look': Look(), 'raw': stream['raw'][0][cut.rows]}


def named(state: dict) -> list[str | None]:
    """What an answer to "what is on the screen?" names, in its order; None behind the last."""
    if state['blank']:
        return ['blank', *[None] * (SLOTS - 1)]
    front, behind = wording.in_sight(state)
    return [front, *behind, *[None] * SLOTS][:SLOTS]


def together(items: list[dict]) -> dict[str, Tensor]:
    """Sequences of about one length in one batch. What stands before the closer look is to stay as it was: `held`."""
    sequences = [item['sequence'] for item in items]
    length = max(len(sequence.tokens) for sequence in sequences)
    pad = lambda values, filler: values + [filler] * (length - len(values))
    look = lambda sequence: sequence.tokens.index(CLOSE_UP) if CLOSE_UP in sequence.tokens else length
    raw = [item['raw'] for item in items if 'raw' in item]
    return {
        'tokens': torch.tensor([pad(sequence.tokens, PAD) for sequence in sequences]),                           # [B, T]
        'targets': torch.tensor([pad(sequence.targets, IGNORED) for sequence in sequences]),
        'held': torch.arange(length) < torch.tensor([look(sequence) for sequence in sequences])[:, None],
        'raw': torch.from_numpy(np.concatenate(raw)).float() if raw else torch.empty(0, TOKENS, CONFIG.raw),     # [F, 10, raw]
        'still': torch.tensor([flag for sequence in sequences for flag in sequence.still], dtype=torch.bool),
    }


def pictured(items: list[dict]) -> dict[str, Tensor]:
    """The pictures of all items, and what is known of those of the first, the stills."""
    known = [item for item in items if 'state' in item]
    slots = [[NAMED.index(thing) for thing in named(item['state'])] for item in known]
    return {
        'x': show(torch.from_numpy(np.stack([item['picture'] for item in items])), [item['look'] for item in items]),
        'places': torch.from_numpy(np.stack([item['places'] for item in known])).flatten(1),                    # [K, 360]
        'depths': torch.from_numpy(np.stack([item['depths'] for item in known])).flatten(1),
        'front': torch.tensor([FRONT.index(item['state']['front']) for item in known]),
        'open': torch.tensor([[float(app in item['state']['open']) for app in APPS] for item in known]),
        'named': torch.tensor(slots),                                                                           # [K, 4]
    }


# 2. Model -----------------------------------------------------------------------------------------------------------

class Pupil(nn.Module):
    """The closer look, the heads that teach it, and the decoder that it speaks to."""

    def __init__(self):
        super().__init__()
        self.close = CloseUp()
        self.cell = nn.Linear(CONFIG.appearance, CONFIG.appearance)
        self.thing = nn.Linear(CONFIG.appearance, len(THINGS) + DEEPEST + 2)
        self.front = nn.Linear(TOKENS * CONFIG.out, len(FRONT) + len(APPS))
        self.name = nn.Linear(CONFIG.out, len(NAMED))
        self.register_buffer('weights', torch.tensor([3.0 if thing in RARE else 1.0 for thing in THINGS]))
        self.narrator = Narrator(VisionConfig(), LanguageConfig(vocabulary=SIZE))
        freeze_statistics(self)

    def learn(self, part: str):
        """Seeing ("look") or saying ("words"), the rest stays as it is. Both at once took more than twice as long a still."""
        looking = part == 'look'
        self.requires_grad_(looking)
        if looking:
            self.narrator.requires_grad_(False)
            self.close.encoder.stages[0].requires_grad_(False)  # the largest maps: a quarter of the time for what was learned long ago
        for module in [] if looking else [self.narrator.language, self.close.first, self.close.second]:
            module.requires_grad_(True)

    def see(self, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Tokens [P, 10, W] of all pictures, and the losses of what is known of the first K."""
        there = torch.cat([self.close.see(part) for part in batch['x'].split(AT_ONCE)])            # [P, A, 15, 24]
        cells, tokens = self.close.gather(there)
        known = len(batch['front'])
        front, opened = self.front(tokens[:known].flatten(1)).split([len(FRONT), len(APPS)], 1)
        names = self.name(tokens[:known, :SLOTS])                                                  # [K, 4, names]
        inside = batch['places'] > THINGS.index('desktop')
        around = self.cell(cells[:known]).transpose(1, 2).unflatten(2, (ROWS, COLUMNS))
        around = F.interpolate(around, scale_factor=2.0)[:, :, :MAP_HEIGHT, :MAP_WIDTH]            # of each place, its cell
        seen = self.thing((there[:known] + around).flatten(2).transpose(1, 2))                     # [K, 360, things + depths]
        things, depth = seen.split([len(THINGS), DEEPEST + 2], 2)
        return tokens, {
            'places': F.cross_entropy(things.flatten(0, 1), batch['places'].flatten(), self.weights),
            'depth': F.cross_entropy(depth.flatten(0, 1), batch['depths'].flatten() + 1),
            'state': F.cross_entropy(front, batch['front']) + 3 * F.binary_cross_entropy_with_logits(opened, batch['open']),
            'named': F.cross_entropy(names.flatten(0, 1), batch['named'].flatten()),
            'depth_ok': ((depth.argmax(2) == batch['depths'] + 1) & inside).sum() / inside.sum().clamp(min=1),
            'places_ok': ((things.argmax(2) == batch['places']) & inside).sum() / inside.sum().clamp(min=1),
            'named_ok': (names.argmax(2) == batch['named']).all(1).float().mean(),
        }

    def read(self, language: Language, batch: dict[str, Tensor], looks: Tensor) -> Tensor:
        """Logits at the positions that have a target, [P, vocabulary]."""
        tokens = batch['tokens']
        frames = self.narrator.connect(batch['raw'], batch['still'])                              # [F, 10, W]
        x = language.embed(tokens.clamp(min=0))                                                   # [B, T, W]
        x = x.masked_scatter((tokens == FRAME)[:, :, None], frames.flatten(0, 1))
        x = x.masked_scatter((tokens == CLOSE_UP)[:, :, None], looks.flatten(0, 1))
        return language.logits(language(x)[batch['targets'] != IGNORED])

    def answers(self, batch: dict[str, Tensor], looks: Tensor, before: Language) -> dict[str, Tensor]:
        """Loss of the answers behind a closer look, drift of all else, and which answers are right word for word."""
        chosen = batch['targets'] != IGNORED
        logits, targets, held = self.read(self.narrator.language, batch, looks), batch['targets'][chosen], batch['held'][chosen]
        result = {}
        if held.any():
            with torch.no_grad():
                earlier = self.read(before, batch, looks)[held]
            result['drift'] = drift(logits[held], earlier)
        if not held.all():
            result['reply'] = F.cross_entropy(logits[~held], targets[~held])
            with torch.no_grad():  # each of its words is the likeliest behind the right ones before it
                wrong = torch.zeros(len(chosen)).index_add_(0, chosen.nonzero()[~held, 0], (logits[~held].argmax(1) != targets[~held]).float())
                result['right'] = wrong == 0
        return result


# 3. Training --------------------------------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ('stills', 'streams', 'tokens', 'vision', 'language', 'tokenizer', 'out'):
        parser.add_argument(f'--{name}', type=Path, required=True)
    parser.add_argument('--part', choices=['look', 'words'], required=True, help='what learns: seeing, or to say what is seen')
    parser.add_argument('--begin', type=Path, help='an earlier close-up.pt')
    parser.add_argument('--include', nargs='+', default=['train-*.json'], help='streams of CACHE')
    parser.add_argument('--size', type=int, default=12, help='stills in a batch, each process')
    parser.add_argument('--interruptions', type=int, default=2, help='streams in a batch')
    parser.add_argument('--verdicts', type=int, default=24, help='sentences in a batch that are judged')
    parser.add_argument('--hold', type=float, default=40, help='weight of the drift')
    parser.add_argument('--decoder', type=float, default=0.15, help='share of the rate at which the decoder learns')
    parser.add_argument('--plain', type=float, default=0.5, help='share of the stills that are shown as they are')
    parser.add_argument('--minutes', type=float, default=60)
    parser.add_argument('--rate', type=float, default=1e-3)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    join(options.seed)
    pupil, tokenizer = Pupil(), Tokenizer.from_file(str(options.tokenizer))
    seen = {key: value for key, value in part_of(options.vision, 'vision').items() if key.split('.')[0] in ('encoder', 'appearance')}
    pupil.close.load_state_dict(seen, strict=False)
    pupil.narrator.load_state_dict(weights_of(options.language))
    before = copy.deepcopy(pupil.narrator.language).eval()
    if options.begin:
        pupil.load_state_dict(weights_of(options.begin), strict=False)
    pupil.learn(options.part)
    options.out.mkdir(parents=True, exist_ok=True)
    run = Run(pupil, options.out / 'close-up.pt', options.minutes, options.rate, decay=0.05, slowly=(pupil.narrator.language, options.decoder), muon=options.part == 'look')
    random = np.random.default_rng([options.seed, RANK, run.step])
    stills = Stills(options.stills, tokenizer, random, options.plain)
    speaking = options.part == 'words'
    interruptions = Interruptions(Streams(options.streams, options.tokens, options.include), options.streams, stills, tokenizer, random) if speaking else None
    if RANK == 0:
        print(f'{len(stills.stills)} stills, {sum(p.numel() for p in run.trained) / 1e6:.1f}M parameters', flush=True)
    while not run.done:
        about = [stills.sample() for _ in range(options.size)]
        during = [interruptions.sample() for _ in range(options.interruptions)] if speaking else []
        tokens, figures = pupil.see(pictured(about + during))
        loss = figures['places'] + figures['depth'] + figures['state'] + figures['named']
        figures = {key: value.detach() for key, value in figures.items()}
        if speaking:
            verdicts = [{'sequence': judgement(tokenizer, random, Recipe())} for _ in range(options.verdicts)]
            asked = [question for item in about for question in item['asked']]
            looks = tokens[:len(about)].repeat_interleave(len(asked) // len(about), 0)
            now = pupil.answers(together(asked), looks, before)
            later = pupil.answers(together(during), tokens[len(about):], before)
            judged = pupil.answers(together(verdicts), tokens[:0], before)
            loss = loss + 2 * now['reply'] + later['reply'] + options.hold * later['drift'] + options.hold / 4 * judged['drift']
            of = lambda topic: now['right'][[i for i, item in enumerate(asked) if item['topic'] == topic]].float().mean()
            figures |= {
                'reply': now['reply'].detach(), 'in_stream': later['reply'].detach(), 'drift': later['drift'].detach(), 'verdicts': judged['drift'].detach(),
                'front_right': of('front'), 'screen_right': of('screen'), 'stream_right': later['right'].float().mean(),
            }
        run.update(loss, figures)
    run.save()
    if RANK == 0 and speaking:
        torch.save({'model': pupil.narrator.state_dict()}, options.out / 'language.pt')
    leave()


if __name__ == '__main__':
    main()
