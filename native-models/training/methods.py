"""Three ways to learn when to speak, over the same streams; dialogue.py makes the first, the others are rearranged from it.

    streaming     frame frame <|assistant|> A menu was opened. <|eos|> frame ...
                  LIVE: silence is a target at a frame's last embedding and never fed.
    interleaved   the same sequence, but nothing is learned where nothing is said: language modelling of interleaved pictures
                  and texts. All it knows is that a text follows a picture, so it speaks at every frame.
    per-frame     <|user|> frame <|assistant|> <|eos|> <|user|> frame <|assistant|> A menu was opened. <|eos|> <|user|> frame ...
                  every frame is a query, and an empty reply is silence: learned as any other reply, and fed. Three tokens
                  more for a silent frame, two more for one at which something is said (its <|assistant|> was there before).

They are the learning methods that LIVE is compared with (arXiv 2406.11816, section on interleaved and per-frame dialogue).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from dialogue import DECISION, IGNORED, REPLY, Sequence
from session import Session
from tokenizer import ASSISTANT, EOS, SILENT, USER
from vision import TOKENS


# 1. Sequences -------------------------------------------------------------------------------------------------------

def parts(sequence: Sequence) -> Iterator[tuple[bool, int, int]]:
    """Cuts a sequence of ten-token frames into single frames and the words between them: (is a frame, start, stop)."""
    start, length = 0, len(sequence.tokens)
    while start < length:
        frame = sequence.tokens[start] < 0
        stop = start + TOKENS if frame else next((i for i in range(start, length) if sequence.tokens[i] < 0), length)
        yield frame, start, stop
        start = stop


def per_frame(sequence: Sequence) -> Sequence:
    """Puts each frame into a turn of its own. The decision is the first token of its reply: <|eos|> for silence, else a word.

    That word is both a decision and part of the reply, and has both marks. Where a streaming sequence teaches the moment
    but not the words, because what was said there is wrong or missing, nothing is left to learn."""
    result = Sequence(rows=sequence.rows, still=sequence.still)

    def put(tokens: list[int], targets: list[int], kinds: list[int]):
        result.tokens += tokens
        result.targets += targets
        result.kinds += kinds

    spoken = False  # whether the part before was a frame that its reply follows
    for frame, start, stop in parts(sequence):
        if not frame:
            start += spoken  # its <|assistant|> is there already
            put(sequence.tokens[start:stop], sequence.targets[start:stop], sequence.kinds[start:stop])
            continue
        due, spoken = sequence.targets[stop - 1], sequence.tokens[stop:stop + 1] == [ASSISTANT]
        target, kind = IGNORED, 0
        if due == SILENT:
            target, kind = EOS, DECISION
        elif due == ASSISTANT and spoken and sequence.targets[stop] != IGNORED:
            target, kind = sequence.targets[stop], DECISION | REPLY
        put([USER, *[-1] * TOKENS, ASSISTANT], [IGNORED] * (TOKENS + 1) + [target], [0] * (TOKENS + 1) + [kind])
        if not spoken:
            put([EOS], [IGNORED], [0])
    return result


def shorten(sequence: Sequence, tokens: int) -> Sequence:
    """Leaves so many of each frame's ten tokens, the first ones; the label stays at the last."""
    if tokens == TOKENS:
        return sequence
    kept = []
    for frame, start, stop in parts(sequence):
        kept += [*range(start, start + tokens - 1), stop - 1] if frame else range(start, stop)
    pick = lambda values: [values[i] for i in kept]
    return Sequence(pick(sequence.tokens), pick(sequence.targets), pick(sequence.kinds), sequence.rows, sequence.still)


# 2. Sessions --------------------------------------------------------------------------------------------------------

class PerFrameSession(Session):
    """Each frame is asked about: p(silence) is that of an empty reply, and that reply costs a decode of its own."""

    def look(self, tokens: Tensor) -> float:
        turn = torch.cat([self.embed(USER), tokens, self.embed(ASSISTANT)])                  # [1 + k + 1, W]
        self.logits = self.feed('frame', turn)
        return self.logits.softmax(-1)[EOS].item()

    def pass_over(self):
        self.feed('frame', self.embed(EOS))
        self.spans[-2:] = [('frame', self.spans[-2][1] + 1)]  # is evicted with its frame

    def speak(self) -> str:
        self.spans[-1:] = [('frame', self.spans[-1][1] - 1), ('reply', 1)]  # <|assistant|> stays with what is said
        self.logits[EOS] = float('-inf')  # once it is decided to speak, a word must follow
        return self.decode(self.logits, len(self.spans) - 1)

    def embed(self, token: int) -> Tensor:
        return self.language.embed(torch.tensor([token]))


# 3. Methods ---------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Method:
    arrange: Callable[[Sequence], Sequence]  # from a streaming sequence
    decisions: str        # how they are learned: 'apart' = a term of the loss, 'as words' = as any other token, 'never'
    silence: int          # the token that means silence at a decision
    silence_fed: list[int]  # what silence leaves in the context
    session: type[Session]


METHODS = {
    'streaming': Method(lambda sequence: sequence, 'apart', SILENT, [], Session),
    'interleaved': Method(lambda sequence: sequence, 'never', SILENT, [], Session),
    'per-frame': Method(per_frame, 'as words', EOS, [EOS], PerFrameSession),
}
