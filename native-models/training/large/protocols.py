"""The two frame protocols of LIVE as token texts, and training sequences laid out by them.

    paper      <bos>system instruction  F F F reply F F ...       silence is only a target (`separator: null`)
    released   <bos>system instruction [F,F,F] reply [F,F ...     silence is the separator, and in the sequence (",")

F is a frame's embeddings (10 or 1). At its last one the target is the silence token or the first token of the transition to a
reply; a reply is learned from there through its end. What precedes a user's question is never a target: the frame before it
keeps the target that it would have had, silence or a narration, because a question cannot be foreseen.

A protocol is a dict in the shape that bundle.json wants (main/bundle/manifest.ts): what is trained here is what the program
feeds. Each text is tokenised on its own, as the program does it.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer

from dialogue import DECISION, IGNORED, Sequence
from tokenizer import ASSISTANT, INSTRUCTION, PROTOCOL, SILENT

SYSTEM = 'You watch a video as it plays. Say what happens when it happens, and stay silent otherwise.\n'

LLAMA_3 = {
    'endOfReply': '<|eot_id|>', 'lead': ' ', 'systemPrompt': SYSTEM, 'instruction': {'open': '\nUser: ', 'close': ''},
}
PRESETS = {
    # The silence token is one that the base model reserves: it must not be the end of a reply, nor a word.
    'paper': {
        **LLAMA_3,
        'separator': None,
        'silence': '<|reserved_special_token_0|>',
        'transitions': {
            'systemToStream': '', 'streamToReply': '\nAssistant:', 'streamToQuery': '\nUser: ',
            'queryToReply': '\nAssistant:', 'replyToStream': '', 'replyToQuery': '\nUser: ',
        },
    },
    # As the authors' code and their published adapter have it: 11 positions a frame.
    'released': {
        **LLAMA_3,
        'separator': ',',
        'silence': ',',
        'transitions': {
            'systemToStream': '\n[', 'streamToReply': ']\nAssistant:', 'streamToQuery': ']\nUser: ',
            'queryToReply': '\nAssistant:', 'replyToStream': '\n[', 'replyToQuery': '\nUser: ',
        },
    },
    # This project's own tokenizer, as desk-nano has it: for tiny engines.
    'desk': {**PROTOCOL, 'lead': '', 'systemPrompt': '', 'instruction': INSTRUCTION},
}


def load_protocol(name: str) -> dict:
    """A preset by its name, or a JSON file of the same shape."""
    return PRESETS[name] if name in PRESETS else json.loads(Path(name).read_text())


def load_tokenizer(base: Path) -> Tokenizer:
    """The base model's tokenizer, without what it would put around a text: where <bos> goes is said here."""
    tokenizer = Tokenizer.from_file(str(base / 'tokenizer.json'))
    tokenizer.post_processor = None
    return tokenizer


class Layout:
    """A protocol as tokens of one vocabulary."""

    def __init__(self, protocol: dict, tokenizer: Tokenizer, bos: int, tokens_per_frame: int):
        encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids if text else []
        self.tokens_per_frame, self.lead = tokens_per_frame, protocol['lead']
        self.separator = encode(protocol['separator'])
        self.transitions = {key: encode(text) for key, text in protocol['transitions'].items()}
        self.before = [bos, *encode(protocol['systemPrompt']), *encode(protocol['instruction']['open'])]
        self.close = encode(protocol['instruction']['close'])
        self.silence, self.end = (single(protocol[key], encode) for key in ('silence', 'endOfReply'))
        self.speak = self.transitions['streamToReply'][0]
        if self.silence in (self.speak, self.end):
            raise ValueError('The silence token must be neither the end of a reply nor what opens one.')


def single(text: str, encode) -> int:
    tokens = encode(text)
    if len(tokens) != 1:
        raise ValueError(f'{text!r} is {len(tokens)} tokens of this vocabulary, and must be one.')
    return tokens[0]


class Conversation(Sequence):
    """A sequence in the order in which the program fills its cache (main/live/protocol.ts)."""

    def __init__(self, layout: Layout):
        super().__init__()
        self.layout, self.lead, self.last = layout, layout.lead, 'system'

    def opening(self, instruction: list[int]):
        self.words([*self.layout.before, *instruction, *self.layout.close])

    def frame(self, row: int, still: bool, target: int):
        """`target` is named by desk-nano's tokens, as dialogue.py has them, or IGNORED."""
        self.to_frames()
        count = self.layout.tokens_per_frame
        target = {ASSISTANT: self.layout.speak, SILENT: self.layout.silence}.get(target, IGNORED)
        self.tokens += [-1] * count
        self.targets += [IGNORED] * (count - 1) + [target]
        self.kinds += [0] * (count - 1) + [DECISION if target != IGNORED else 0]
        self.rows.append(row)
        self.still.append(still)

    def reply(self, text: list[int], learned: bool = True):
        if self.last in ('system', 'reply'):
            self.to_frames()  # of a past whose frames were evicted, the opening of their list stays
        transition = self.layout.transitions['queryToReply' if self.last == 'query' else 'streamToReply']
        said = [*transition, *text, self.layout.end]
        self.words(said, [*said[1:], IGNORED] if learned else None)
        self.last = 'reply'

    def query(self, text: list[int]):
        self.words([*self.layout.transitions['streamToQuery' if self.last == 'frame' else 'replyToQuery'], *text])
        self.last = 'query'

    def to_frames(self):
        if self.last == 'frame':
            self.words(self.layout.separator)
        else:
            self.words(self.layout.transitions['systemToStream' if self.last == 'system' else 'replyToStream'])
        self.last = 'frame'
