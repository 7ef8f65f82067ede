"""Stage 6: matching F1 on held-out streams, self-conditioned, with the calibrated decision; a figure for each kind.

    python evaluate.py --cache CACHE --tokens TOKENS --tokenizer T.json --language RUN/language.pt --decision RUN/decision.json \
        [--include 'test-*.json' 'recorded-test*.json']
"""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer

from calibrate import evaluate, load, parser_for
from session import Decision
from train_language import Streams

parser = parser_for(__doc__, ['test-*.json', 'recorded-test*.json'])
parser.add_argument('--decision', type=Path, required=True)
parser.add_argument('--processes', type=int, default=2)
options = parser.parse_args()
torch.set_num_threads(1)
rule = json.loads(options.decision.read_text())
decision = Decision(rule['theta'], rule['rearm'], rule['refractorySeconds'], rule['repeatSeconds'])
narrator, tokenizer = load(options.language, options.quantisation), Tokenizer.from_file(options.tokenizer)
for include in options.include:
    streams = Streams(options.cache, options.tokens, [include]).streams
    score, needless = evaluate(narrator, tokenizer, streams, decision, options.processes)
    print(json.dumps({'set': include, 'streams': len(streams), 'needless': needless, **score.summary()}))
    for kind, (said, true, matched) in sorted(score.kinds.items(), key=lambda item: -item[1][1]):
        print(f'  {kind:20} said {said:4} true {true:4} matched {matched:4}  F1 {score.by_kind()[kind]:.2f}')
