"""The streaming session in plain PyTorch: frames in, decisions and sentences out, one growing (or windowed) KV cache.

The same rules as the program's, without batching: a frame's tokens are fed, p(silence) is read at the last one, and below
theta the reply is forced open and decoded greedily. The stream is under an instruction to tell everything; what another one
does not ask for is judged afterwards (main/live/judge.ts).
"""

from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

import wording
from language import Language
from tokenizer import ASSISTANT, BOS, EOS, SILENT, USER
from vision import TOKENS


@dataclass(frozen=True)
class Decision:
    theta: float
    rearm: float | None = None     # p(silence) must have been this high once since the last narration
    refractory: float = 0          # seconds after a narration without another
    repeat: float = 0              # seconds after a narration in which the same is not said again
    cap: int = 48                  # most tokens in one reply


@dataclass(frozen=True)
class Window:
    high: int = 700
    low: int = 450
    replies: int = 128


class Session:
    def __init__(self, language: Language, tokenizer: Tokenizer, decision: Decision, instruction: str, window: Window | None = None):
        self.language, self.tokenizer, self.decision, self.window = language, tokenizer, decision, window
        self.caches = [[] for _ in range(language.config.layers)]
        self.armed, self.spoke, self.said = True, float('-inf'), {}  # said: when each sentence was said last
        self.spans = []  # (kind, length) of what is cached, in order: the ledger
        self.instruction = instruction
        self.feed('system', language.embed(torch.tensor([BOS, USER, *tokenizer.encode(wording.to_tell_everything(instruction)).ids])))

    def feed(self, kind: str, x: Tensor) -> Tensor:
        """Feeds embeddings [T, W]; returns the logits at the last of them, [vocabulary]."""
        self.spans.append((kind, len(x)))
        return self.language.logits(self.language(x[None], self.caches)[0, -1])

    def frame(self, t: float, tokens: Tensor) -> tuple[float, str | None]:
        """One frame [10, W] at second t; returns p(silence) and the narration, if one is given."""
        self.evict()
        silence = self.look(tokens)
        rule = self.decision
        speaks = silence < rule.theta and self.armed and t - self.spoke >= rule.refractory
        if rule.rearm is not None and silence >= rule.rearm:
            self.armed = True
        if not speaks:
            self.pass_over()
            return silence, None
        self.armed, text = rule.rearm is None, self.speak()
        if t - self.said.get(text, float('-inf')) < rule.repeat:
            self.remove(len(self.spans) - 1)
            return silence, None
        if not self.asks_for(text):
            return silence, None  # kept in mind
        self.spoke = self.said[text] = t
        return silence, text

    def asks_for(self, text: str) -> bool:
        """Whether the instruction asks for this sentence, judged by the two alone."""
        if self.instruction == wording.DEFAULT_INSTRUCTION.text:
            return True
        encode = lambda words: self.tokenizer.encode(words).ids
        tokens = torch.tensor([BOS, USER, *encode(self.instruction), ASSISTANT, *encode(text)])
        logits = self.language.logits(self.language(self.language.embed(tokens)[None])[0, -1])
        return bool(logits[EOS] >= logits[SILENT])

    def look(self, tokens: Tensor) -> float:
        return self.feed('frame', tokens).softmax(-1)[SILENT].item()

    def pass_over(self):
        """Silence leaves nothing in the cache."""

    def speak(self) -> str:
        return self.reply([ASSISTANT])

    def ask(self, query: str, close_up: Tensor | None = None) -> str:
        """The answer to a question. A closer look [10, W] is shown for this question only."""
        first = len(self.spans)
        if close_up is not None:
            self.feed('frame', close_up)
        answer = self.reply([USER, *self.tokenizer.encode(query).ids, ASSISTANT])
        if close_up is not None:
            self.remove(first)
        return answer

    def reply(self, opening: list[int]) -> str:
        """Feeds the opening, decodes greedily up to the end of the reply (which is fed, too) and returns the text."""
        start = len(self.spans)
        return self.decode(self.feed('reply', self.language.embed(torch.tensor(opening))), start)

    def decode(self, logits: Tensor, start: int) -> str:
        """Decodes from these logits on; the spans from `start` on become one, the reply."""
        tokens = []
        while len(tokens) < self.decision.cap and (token := int(logits.argmax())) != EOS:
            tokens.append(token)
            logits = self.feed('reply', self.language.embed(torch.tensor([token])))
        self.feed('reply', self.language.embed(torch.tensor([EOS])))
        length = sum(length for _, length in self.spans[start:])
        self.spans[start:] = [('reply', length)]
        return self.tokenizer.decode(tokens)

    def evict(self):
        """Makes room for a frame: the oldest frames go, down to the low-water mark, then replies older than all that is left."""
        window, total = self.window, sum(length for _, length in self.spans)
        if window is None or total + TOKENS <= window.high:
            return
        while total > window.low and (index := self.oldest('frame')) is not None:
            total -= self.remove(index)
        while True:
            index, frame = self.oldest('reply'), self.oldest('frame')
            old = sum(length for kind, length in self.spans[:frame] if kind == 'reply')
            if index is None or (total <= window.low and old <= window.replies):
                return
            total -= self.remove(index)

    def oldest(self, kind: str) -> int | None:
        return next((i for i, span in enumerate(self.spans) if span[0] == kind), None)

    def remove(self, index: int) -> int:
        """Takes a span out of the cache and returns its length."""
        start, length = sum(length for _, length in self.spans[:index]), self.spans[index][1]
        self.language.forget(self.caches, start, start + length)
        del self.spans[index]
        return length
