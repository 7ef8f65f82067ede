"""Streams to training sequences: a stream's frames, what is said about them, and questions, in the order of the cache.

    <|bos|> <|user|> instruction  frame frame frame <|assistant|> A menu was opened. <|eos|> frame frame ...

A frame is ten embeddings. At its last one the target is <|silent|> or, where something is to be said, <|assistant|>;
neither is fed for a silent frame. A reply is learned from <|assistant|> through its <|eos|>. A question cuts in between two
frames; nothing is learned about its coming, which cannot be foreseen.

Whether a sentence is one that a standing instruction asks for is judged in a context of its own, without a frame. There the end of
the sentence is a decision: <|eos|> if it is to be said, <|silent|> if not.

    <|bos|> <|user|> Only tell me about errors. <|assistant|> A menu was opened. <|silent|>
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from tokenizers import Tokenizer

import wording
from frames import FPS, frame_of
from gate import ENCODE, SKIP
from tokenizer import ASSISTANT, BOS, EOS, SILENT, USER
from vision import TOKENS
from wording import Instruction

# Frames after an event at which it can be told: what stopped may only be pausing, and the first frame of scrolling looks like
# another page. Typing and commands are events from three seconds on; by the fourth frame most of the shorter ones have ended.
DELAYS = {
    'typing-started': 3, 'scrolling-started': 1, 'video-started': 2, 'command-started': 3,
    'scrolling-stopped': 2, 'video-stopped': 3, 'page-loaded': 1, 'command-finished': 1,
}
# What goes on for a while begins, and ends, in no frame of its own. So silence is not insisted on in some frames before that
# one, and its end may be told some frames later, at random: who has not told it yet is to go on thinking of it.
GRACE = {'typing-started': 1, 'typing-stopped': 2, 'command-started': 1, 'command-finished': 1, 'video-stopped': 1}
LATE = {'typing-stopped': 1, 'command-finished': 1, 'progress-finished': 1}
IGNORED = -100
FRAME, CLOSE_UP = -1, -2  # tokens that stand for an embedding of a frame, and of a closer look at one
Event = tuple[str, str | None]  # kind and subject
REPLY, DECISION, VERDICT = 1, 2, 4


@dataclass(frozen=True)
class Recipe:
    delays: dict[str, int] = field(default_factory=lambda: DELAYS)
    plain: float = 0.6           # share of sequences with the default instruction
    korean: float = 0.4          # of the others, the share in Korean
    scoped: float = 0.6          # of the others, the share that asks for some events only, or for none
    keep_silent: float = 0.5     # share of silent frames that are in the loss
    questions: float = 0.25      # share of sequences with questions
    midway: float = 0.5          # share of sequences that start in mid-stream, as after an eviction
    strange: float = 0.3         # of those, the share that also remembers replies of another stream
    spoil: float = 0.6           # share of sequences in which replies are wrong or missing; else one mistake of its own leads to the next
    spoiled: float = 0.35        # of the replies of such a sequence; every fourth of them is missing
    needless: float = 0.02       # of the silent frames of such a sequence, share on which something was said
    past: int = 96               # most tokens of replies from before a start in mid-stream
    longest: int = 900           # tokens
    closer: bool = False         # whether a closer look comes before each question


@dataclass
class Sequence:
    tokens: list[int] = field(default_factory=list)    # FRAME and CLOSE_UP where embeddings go
    targets: list[int] = field(default_factory=list)   # what should follow; IGNORED where nothing is learned
    kinds: list[int] = field(default_factory=list)     # REPLY or DECISION where there is a target
    rows: list[int] = field(default_factory=list)      # per frame: which of the stream's encoded pictures
    still: list[bool] = field(default_factory=list)    # per frame: fed as "the same again"
    looks: list[int] = field(default_factory=list)     # per closer look: which of the stream's encoded pictures
    lead = ''                                          # put before the text of every reply

    def opening(self, instruction: list[int]):
        self.words([BOS, USER, *instruction])

    def query(self, text: list[int]):
        self.words([USER, *text])

    def words(self, tokens: list[int], targets: list[int] | None = None):
        self.tokens += tokens
        self.targets += targets or [IGNORED] * len(tokens)
        self.kinds += [REPLY if target != IGNORED else 0 for target in targets or [IGNORED] * len(tokens)]

    def frame(self, row: int, still: bool, target: int):
        self.tokens += [FRAME] * TOKENS
        self.targets += [IGNORED] * (TOKENS - 1) + [target]
        self.kinds += [0] * (TOKENS - 1) + [DECISION if target != IGNORED else 0]
        self.rows.append(row)
        self.still.append(still)

    def close_up(self, row: int):
        self.words([CLOSE_UP] * TOKENS)
        self.looks.append(row)

    def reply(self, text: list[int], learned: bool = True):
        self.words([ASSISTANT, *text, EOS], [*text, EOS, IGNORED] if learned else None)


def schedule(stream: dict, delays: dict[str, int]) -> dict[int, Event]:
    """Which event is told at which frame. One that falls on a taken frame, or on one that the model is not shown, waits
    for the next, at most four frames in all; then it is left out."""
    told = {}
    for t, kind, subject, _ in stream['events']:
        due = frame_of(t) + delays.get(kind, 0)
        for index in range(due, min(due + 5, len(stream['actions']))):
            if stream['actions'][index] != SKIP and index not in told:
                told[index] = kind, subject
                break
    return told


def put_off(told: dict[int, Event], stream: dict, random: np.random.Generator) -> tuple[dict[int, Event], dict[int, Event]]:
    """Puts what may be told late off by chance. Returns what is told at which frame, and the frames before that at which it
    could have been told as well."""
    later, before = {}, {}
    for index, event in told.items():
        free = [at for at in range(index + 1, min(index + 1 + LATE.get(event[0], 0), len(stream['actions'])))
                if stream['actions'][at] != SKIP and at not in later and at not in told]
        at = pick([index, *free], random)
        later[at] = event
        before |= {frame: event for frame in range(index - GRACE.get(event[0], 0), at)}
    return later, before


def question(stream: dict, index: int, past: list[tuple[int | None, str]], language: str, random: np.random.Generator,
             topics: Iterable[str] = wording.QUESTIONS) -> tuple[str, str]:
    """A question asked right after frame `index`, and its answer. `past` is what happened by then, with the frame at which it
    could be told; None for what is only remembered."""
    state = stream['states'][index] if stream.get('states') else None
    topic = pick([topic for topic in topics if state or topic not in wording.ABOUT_NOW], random)
    if topic == 'how long ago' and (not past or past[-1][0] is None):
        topic = 'last'
    return pick(wording.QUESTIONS[topic][language], random), answer(topic, state, index, past, language)


def answer(topic: str, state: dict | None, index: int, past: list[tuple[int | None, str]], language: str) -> str:
    if topic == 'so far' or (topic == 'last' and not past):
        return wording.so_far([text for _, text in past], language)
    if topic == 'last':
        return past[-1][1]
    if topic == 'how long ago':
        return wording.ago(seconds(index - past[-1][0]), language)
    return wording.describe(state, language, front_only=topic == 'front')


def pick(things: list, random: np.random.Generator):
    return things[random.integers(len(things))]


def application(subjects: list[str | None], random: np.random.Generator, occurring: float = 1) -> str:
    """An application to be told about: of `subjects`, if there is one and as often as `occurring` says, else any."""
    apps = [subject for subject in subjects if subject in wording.SUBJECTS['app']]
    return pick(apps if apps and random.random() < occurring else wording.SUBJECTS['app'], random)


def order(stream: dict, recipe: Recipe, random: np.random.Generator) -> Instruction:
    """A standing instruction: mostly to tell everything, else one that often has something to tell in this stream."""
    if random.random() < recipe.plain:
        return wording.DEFAULT_INSTRUCTION
    language = 'ko' if random.random() < recipe.korean else 'en'
    scope, subject = 'everything', None
    if random.random() < recipe.scoped:
        scope = pick([scope for scope in wording.INSTRUCTIONS if scope != 'everything'], random)
    if wording.INSTRUCTIONS[scope]['events'] == 'subject':
        subject = application([subject for _, _, subject, _ in stream['events']], random, occurring=0.7)
    return pick(wording.instructions(scope, language, subject), random)


def build(stream: dict, tokenizer: Tokenizer, random: np.random.Generator, recipe: Recipe, others: list[Event] = (),
          sequence: Sequence | None = None) -> Sequence:
    """One sequence. `others`: events of other streams, for a past that does not matter. `sequence`: an empty one to fill,
    for another layout than desk-nano's (large/protocols.py)."""
    sequence, actions = sequence or Sequence(), stream['actions']
    encode = lambda text: tokenizer.encode(text).ids
    spoken = lambda text: encode(sequence.lead + text)
    instruction = order(stream, recipe, random)
    say = lambda event: wording.narration(*event, instruction.language)
    happened, before = put_off(schedule(stream, recipe.delays), stream, random)
    told = {index: say(event) for index, event in happened.items() if instruction.asks_for(*event)}
    unsure = {index for index, event in before.items() if instruction.asks_for(*event)}
    others = [event for event in others if instruction.asks_for(*event)] if instruction.scope != 'everything' else others
    sequence.opening(encode(instruction.text))

    first, kept = 0, []
    if random.random() < recipe.midway:
        first = int(random.integers(0, max(1, len(actions) - 24)))
        past = [told[i] for i in sorted(told) if i < first]
        past = past[len(past) - int(random.integers(0, len(past) + 1)):]
        if len(others) and random.random() < recipe.strange:
            past = [say(pick(others, random)) for _ in range(random.integers(1, 10))] + past
        budget = recipe.past
        for text in reversed(past):
            budget -= len(spoken(text)) + 2
            if budget < 0:
                break
            kept.insert(0, text)
        for text in kept:
            sequence.reply(spoken(text), learned=False)

    asked = set()
    if random.random() < recipe.questions:
        asked = {int(random.integers(first, len(actions))) for _ in range(random.integers(1, 3))}
    spoils = len(others) > 0 and random.random() < recipe.spoil
    other = lambda: spoken(say(pick(others, random)))

    row = -1
    for index, action in enumerate(actions):
        row += action == ENCODE
        if index < first:
            continue
        if len(sequence.tokens) > recipe.longest:
            break
        if action != SKIP:
            if index in told:
                sequence.frame(row, action != ENCODE, ASSISTANT)  # right, whatever is said then
                if not spoils or random.random() >= recipe.spoiled:
                    sequence.reply(spoken(told[index]))
                elif random.random() >= 0.25:
                    sequence.reply(other(), learned=False)
            else:
                sure = index not in unsure and random.random() < recipe.keep_silent
                sequence.frame(row, action != ENCODE, SILENT if sure else IGNORED)
                if spoils and random.random() < recipe.needless:
                    sequence.reply(other(), learned=False)
        if index in asked:
            past = [(None, text) for text in kept] + [(i, say(happened[i])) for i in sorted(happened) if first <= i <= index]
            query, reply = question(stream, index, past, instruction.language, random)
            if recipe.closer:
                sequence.close_up(row)
            sequence.query(encode(query))
            sequence.reply(spoken(reply))
    return sequence


def as_typed(text: str, random: np.random.Generator) -> str:
    """An instruction as somebody in a hurry types it: without the full stop, small letters, fewer spaces in Korean."""
    if random.random() < 0.3:
        text = text.removesuffix('.')
    if random.random() < 0.3:
        text = text[0].lower() + text[1:]
    return re.sub(' (줘|주세요)', r'\1', text) if random.random() < 0.3 else text


def judgement(tokenizer: Tokenizer, random: np.random.Generator, recipe: Recipe) -> Sequence:
    """A standing instruction, a sentence, and whether it is asked for: that as often as not, where the instruction knows both."""
    sequence, language = Sequence(), 'ko' if random.random() < recipe.korean else 'en'
    scope = pick([*wording.INSTRUCTIONS, 'application', 'application', 'application'], random)  # thirteen in one
    subject = application([], random) if wording.INSTRUCTIONS[scope]['events'] == 'subject' else None
    instruction = pick(wording.instructions(scope, language, subject), random)
    events = wording.all_events()
    asked = [event for event in events if instruction.asks_for(*event)]
    others = [event for event in events if event not in asked]
    wanted = bool(asked) and (not others or random.random() < 0.5)
    text = tokenizer.encode(wording.narration(*pick(asked if wanted else others, random), language)).ids
    sequence.opening(tokenizer.encode(as_typed(instruction.text, random)).ids)
    sequence.words([ASSISTANT, *text], [IGNORED] * len(text) + [EOS if wanted else SILENT])
    sequence.kinds[-1] = VERDICT
    return sequence


def truth(stream: dict) -> list[tuple[float, str]]:
    """What was to be said, with the seconds at which it happened."""
    return [(t, text) for t, _, _, text in stream['events']]


def seconds(index: int) -> float:
    return index / FPS
