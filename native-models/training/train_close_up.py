"""Stage 5: trains the closer look (close_up.py) to tell a decoder, which stays as it is, what it needs for the right answer.

    node native-models/desk-world/render.ts --stills --streams 250 --seconds 12 --seed 35000 --out DATA/still-00      (and more of them)
    python prepare.py DATA/still-* --out STILLS
    torchrun --nproc-per-node 2 train_close_up.py --stills STILLS --vision RUN/vision.pt --language RUN/language.pt \
        --tokenizer T.json --out RUN/close-up.pt --minutes 60

Stills are desktops of which no two are alike, each with a question about it and its answer. With `--streams CACHE --tokens TOKENS`
some of a batch are questions of every kind in the middle of a stream, behind all that the decoder remembers of it. Losses, summed:
    reply   the answer's words, through the decoder
    places  what is at each of the 15 x 24 places
    state   which application is in front, and which can be seen
`--begin` goes on from an earlier close-up.pt, else the convolutions begin as those of the stream's encoder.
"""

import argparse
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
from close_up import CONFIG, CloseUp
from dialogue import CLOSE_UP, FRAME, IGNORED, Recipe, Sequence, answer, build, pick
from gate import ENCODE
from language import LanguageConfig
from pictures import Pictures
from tokenizer import EOS, PAD, SIZE
from train_language import Narrator, Streams
from train_vision import APPS, FRONT, RARE, THINGS, places
from training import RANK, Run, join, leave, part_of, weights_of
from vision import Conv, TOKENS, VisionConfig

AT_ONCE = 4  # pictures in the convolutions: the maps of more leave the cache of a core


# 1. Data ------------------------------------------------------------------------------------------------------------

class Stills:
    """Pictures of which the state is known, from shards of `render.ts --stills`; new ones are taken in while it runs."""

    def __init__(self, cache: Path, tokenizer: Tokenizer, random: np.random.Generator, plain: float):
        self.cache, self.tokenizer, self.random, self.plain = cache, tokenizer, random, plain
        self.names, self.stills = set(), []
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
                self.stills += [(pictures, stream['first'] + row, stream['states'][i], stream['size']) for row, i in enumerate(shown)]

    def sample(self) -> dict:
        """One picture with a question about it: more often what is on the screen, as that answer also says what is in front."""
        if time.time() - self.looked > 60:
            self.look()
        random, encode = self.random, lambda text: self.tokenizer.encode(text).ids
        pictures, at, state, size = self.stills[random.integers(len(self.stills))]
        look = Look() if random.random() < self.plain else any_look(random)
        language = 'ko' if random.random() < 0.4 else 'en'
        topic = 'screen' if random.random() < 0.7 else 'front'
        sequence = Sequence()
        sequence.opening(encode(wording.EVERYTHING[language]))
        sequence.close_up(at)
        sequence.query(encode(pick(wording.QUESTIONS[topic][language], random)))
        sequence.reply(encode(answer(topic, state, 0, [], language)))
        return {'sequence': sequence, 'picture': pictures[at:at + 1][0], 'look': look, 'topic': topic, 'raw': None, 'state': state,
                'map': places(state['layers'], size, look)[0]}


class Interruptions:
    """Streams in which a question cuts in. All that the decoder has of a stream until then stands before it."""

    def __init__(self, streams: Streams, cache: Path, tokenizer: Tokenizer, random: np.random.Generator):
        self.streams, self.cache, self.tokenizer, self.random = streams, cache, tokenizer, random
        self.pictures = {}

    def sample(self) -> dict:
        recipe = Recipe(questions=1, scoped=0, closer=True)
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
            cut = Sequence(sequence.tokens[:end], [IGNORED] * at + sequence.targets[at:end], [], sequence.rows[:frames], sequence.still[:frames])
            shard = self.pictures.setdefault(stream['shard'], Pictures(self.cache, stream['shard']))
            first = stream['first'] + sequence.looks[0]
            return {'sequence': cut, 'picture': shard[first:first + 1][0], 'look': Look(), 'topic': 'stream', 'raw': stream['raw'][0], 'state': None}


def collate(items: list[dict]) -> dict:
    """One batch; those with a known state come first, as `Stills` gives it."""
    length = max(len(item['sequence'].tokens) for item in items)
    pad = lambda values, filler: values + [filler] * (length - len(values))
    known = [item for item in items if item['state']]
    raw = [item['raw'][item['sequence'].rows] for item in items if item['raw'] is not None]
    return {
        'tokens': torch.tensor([pad(item['sequence'].tokens, PAD) for item in items]),
        'targets': torch.tensor([pad(item['sequence'].targets, IGNORED) for item in items]),
        'raw': torch.from_numpy(np.concatenate(raw)).float() if raw else None,
        'still': torch.tensor([flag for item in items for flag in item['sequence'].still], dtype=torch.bool),
        'x': show(torch.from_numpy(np.stack([item['picture'] for item in items])), [item['look'] for item in items]),
        'places': torch.from_numpy(np.stack([item['map'] for item in known])).flatten(1),                       # [K, 360]
        'front': torch.tensor([FRONT.index(item['state']['front']) for item in known]),
        'open': torch.tensor([[float(app in item['state']['open']) for app in APPS] for item in known]),
        'topics': [item['topic'] for item in items],
    }


# 2. Model -----------------------------------------------------------------------------------------------------------

class Pupil(nn.Module):
    """The closer look, the heads that teach it, and the narrator that it is to speak to."""

    def __init__(self):
        super().__init__()
        self.close = CloseUp()
        self.thing = nn.Linear(CONFIG.appearance, len(THINGS))
        self.front = nn.Linear(TOKENS * CONFIG.out, len(FRONT) + len(APPS))
        self.register_buffer('weights', torch.tensor([3.0 if thing in RARE else 1.0 for thing in THINGS]))
        self.narrator = Narrator(VisionConfig(), LanguageConfig(vocabulary=SIZE)).requires_grad_(False)
        for module in self.modules():
            if isinstance(module, Conv):
                module.frozen = True

    def forward(self, batch: dict) -> dict[str, Tensor]:
        there, tokens = self.close.gather(torch.cat([self.close.see(part) for part in batch['x'].split(AT_ONCE)]))
        known, language = len(batch['front']), self.narrator.language
        things = self.thing(there[:known])                                                        # [K, 360, things]
        front, opened = self.front(tokens[:known].flatten(1)).split([len(FRONT), len(APPS)], 1)
        state = F.cross_entropy(front, batch['front']) + 3 * F.binary_cross_entropy_with_logits(opened, batch['open'])

        x = language.embed(batch['tokens'].clamp(min=0))                                          # [B, T, W]
        if batch['raw'] is not None:
            frames = self.narrator.connect(batch['raw'], batch['still'])                          # [F, 10, W]
            x = x.masked_scatter((batch['tokens'] == FRAME)[:, :, None], frames.flatten(0, 1))
        x = x.masked_scatter((batch['tokens'] == CLOSE_UP)[:, :, None], tokens.flatten(0, 1))
        chosen = batch['targets'] != IGNORED
        logits, targets = language.logits(language(x)[chosen]), batch['targets'][chosen]
        with torch.no_grad():  # an answer is right when each of its words is the likeliest behind the right ones before it
            wrong = torch.zeros(len(x)).index_add_(0, chosen.nonzero()[:, 0], (logits.argmax(1) != targets).float())
            of = lambda topic: torch.tensor([each == topic for each in batch['topics']])
            right = {f'{topic}_right': (wrong == 0)[of(topic)].float().mean() for topic in ('front', 'screen', 'stream') if topic in batch['topics']}
        return {
            'reply': F.cross_entropy(logits, targets), 'places': F.cross_entropy(things.flatten(0, 1), batch['places'].flatten(), self.weights),
            'state': state, **right,
        }


# 3. Training --------------------------------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ('stills', 'vision', 'language', 'tokenizer', 'out'):
        parser.add_argument(f'--{name}', type=Path, required=True)
    parser.add_argument('--begin', type=Path, help='an earlier close-up.pt')
    parser.add_argument('--streams', type=Path, help='prepared streams, of which `--tokens` has the raw tokens')
    parser.add_argument('--tokens', type=Path)
    parser.add_argument('--include', nargs='+', default=['train-*.json'])
    parser.add_argument('--interruptions', type=int, default=6, help='of a batch, so many are in streams')
    parser.add_argument('--size', type=int, default=16, help='pictures in a batch, each process')
    parser.add_argument('--plain', type=float, default=0.5, help='share of the stills that are shown as they are')
    parser.add_argument('--minutes', type=float, default=60)
    parser.add_argument('--rate', type=float, default=1e-3)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    join(options.seed)
    pupil, tokenizer = Pupil(), Tokenizer.from_file(str(options.tokenizer))
    seen = {key: value for key, value in part_of(options.vision, 'vision').items() if key.split('.')[0] in ('encoder', 'appearance')}
    pupil.close.load_state_dict(seen, strict=False)
    if options.begin:
        pupil.load_state_dict(weights_of(options.begin), strict=False)
    pupil.narrator.load_state_dict(weights_of(options.language))
    run = Run(pupil, options.out, options.minutes, options.rate, decay=0.05)
    random = np.random.default_rng([options.seed, RANK, run.step])
    stills, interruptions, count = Stills(options.stills, tokenizer, random, options.plain), None, 0
    if options.streams:
        streams = Streams(options.streams, options.tokens, options.include)
        interruptions, count = Interruptions(streams, options.streams, tokenizer, random), options.interruptions
    if RANK == 0:
        print(f'{len(stills.stills)} stills, {sum(p.numel() for p in run.trained) / 1e6:.1f}M parameters', flush=True)
    while not run.done:
        items = [stills.sample() for _ in range(options.size - count)] + [interruptions.sample() for _ in range(count)]
        figures = pupil(collate(items))
        loss = 2 * figures['reply'] + figures['places'] + figures['state']
        run.update(loss, {key: value.detach() for key, value in figures.items()})
    run.save()
    leave()


if __name__ == '__main__':
    main()
