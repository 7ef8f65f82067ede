"""The tokenizer: byte-level BPE over the few sentences this model knows; any other text falls back to bytes.

    python tokenizer.py OUT.json [MORE_TEXT.txt ...]
"""

import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

import wording

SPECIAL = ['<|bos|>', '<|eos|>', '<|silent|>', '<|user|>', '<|assistant|>', '<|pad|>']
BOS, EOS, SILENT, USER, ASSISTANT, PAD = range(len(SPECIAL))
# How the special tokens are used, in the shape of bundle.json (main/bundle/manifest.ts); what stands around an instruction too.
PROTOCOL = {
    'separator': None,
    'silence': '<|silent|>',
    'transitions': {
        'systemToStream': '', 'streamToReply': '<|assistant|>', 'streamToQuery': '<|user|>',
        'queryToReply': '<|assistant|>', 'replyToStream': '', 'replyToQuery': '<|user|>',
    },
    'endOfReply': '<|eos|>',
}
VERDICTS = {'said': '<|eos|>', 'withheld': '<|silent|>'}  # after an instruction and a sentence, alone
INSTRUCTION = {'open': '<|user|>', 'close': ''}
SIZE = 1024  # rows of the embedding; entries that training does not fill are named <|unused_i|>


def dress(tokenizer: Tokenizer) -> Tokenizer:
    """GPT-2's way of cutting text into words and bytes, which llama.cpp knows as "gpt-2"."""
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(texts: list[str]) -> Tokenizer:
    tokenizer = dress(Tokenizer(models.BPE()))
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE, special_tokens=SPECIAL, min_frequency=2, show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def restore(tokens: list[str], merges: list[str]) -> Tokenizer:
    """A tokenizer from the lists a GGUF file holds."""
    pairs = [tuple(merge.split(' ')) for merge in merges]
    tokenizer = dress(Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=pairs)))
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    return tokenizer


if __name__ == '__main__':
    texts = wording.corpus()
    for path in sys.argv[2:]:
        texts += Path(path).read_text().splitlines()
    tokenizer = train(texts)
    tokenizer.save(sys.argv[1])
    lengths = [len(tokenizer.encode(text).ids) for text in wording.all_narrations()]
    print(f'{tokenizer.get_vocab_size()} entries; a narration is {sum(lengths) / len(lengths):.1f} tokens, at most {max(lengths)}')
