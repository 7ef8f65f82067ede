"""Step 2: trains LoRA and the connector with LIVE's loss, on one process or many.

    torchrun --nproc-per-node 8 train_large.py --base LLAMA --features FEATURES --protocol released --out RUN --strategy ddp

Loss = sum of cross-entropy (frames weighted by --stream-weight) / number of targets, both over the whole global batch: the
result does not depend on how many processes share it. A step is a function of the seed and its number (sequences, dropout), so
a run that was killed goes on from its last save as if it had not been.

RUN/state.pt    what is needed to go on, written every --save-every steps; may be taken up with another strategy or process count
RUN/curve.csv   loss and figures by step
RUN/adapter/    PEFT layout, written at the end: to_bundle.py reads it
"""

import argparse
import csv
import json
import math
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_state_dict, set_state_dict
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.nn.parallel import DistributedDataParallel
from transformers import LlamaForCausalLM

sys.path.append(str(Path(__file__).resolve().parent.parent))
from dialogue import IGNORED, Recipe, build
from narrator import Narrator, lora, save_adapter
from protocols import Conversation, Layout, load_protocol, load_tokenizer
from train_language import Streams, collate
from training import RANK, WORLD, leave

LOCAL = int(os.environ.get('LOCAL_RANK', 0))
DEVICE = torch.device('cuda', LOCAL) if torch.cuda.is_available() else torch.device('cpu')
TYPES = {'bf16': torch.bfloat16, 'f32': torch.float32}


# 1. Data ------------------------------------------------------------------------------------------------------------

class Sequences:
    """The n-th sequence of the run. Every epoch has an order of its own, and new instructions, questions and starts."""

    def __init__(self, streams: Streams, layout: Layout, tokenizer, recipe: Recipe, seed: int):
        self.streams, self.layout, self.tokenizer, self.recipe, self.seed = streams, layout, tokenizer, recipe, seed

    def __getitem__(self, position: int) -> tuple[Conversation, np.ndarray]:
        count = len(self.streams.streams)
        order = np.random.default_rng([self.seed, position // count]).permutation(count)
        stream = self.streams.streams[order[position % count]]
        random = np.random.default_rng([self.seed, 1, position])
        while True:  # a start in mid-stream may leave nothing but skipped frames
            sequence = build(stream, self.tokenizer, random, self.recipe, self.streams.events, Conversation(self.layout))
            if sequence.rows:
                return sequence, stream['raw'][0]

    def batches(self, first: int, size: int, count: int) -> tuple[list[dict], int]:
        """`count` batches of `size` sequences from the first-th on, and how many tokens are in them."""
        built = [self[first + index] for index in range(size * count)]
        batches = [collate(built[index:index + size]) for index in range(0, len(built), size)]
        return batches, sum(len(sequence.tokens) for sequence, _ in built)


# 2. Processes -------------------------------------------------------------------------------------------------------

def join():
    if DEVICE.type == 'cuda':
        torch.cuda.set_device(DEVICE)
    else:
        torch.set_num_threads(1)
    if WORLD > 1:
        dist.init_process_group('nccl' if DEVICE.type == 'cuda' else 'gloo')


def distribute(narrator: Narrator, strategy: str) -> nn.Module:
    """ddp: a whole copy on each. fsdp: all in shards, a layer is gathered when it is its turn; for GPUs with little memory."""
    if WORLD == 1:
        return narrator
    if strategy == 'ddp':
        return DistributedDataParallel(narrator, gradient_as_bucket_view=True)
    policy = MixedPrecisionPolicy(param_dtype=narrator.dtype, reduce_dtype=torch.float32)
    for layer in narrator.llama.model.layers:
        fully_shard(layer, mp_policy=policy)
    return fully_shard(narrator, mp_policy=policy)


def summed(values: list[float]) -> list[float]:
    total = torch.tensor(values, dtype=torch.float64, device=DEVICE)
    if WORLD > 1:
        dist.all_reduce(total)
    return total.tolist()


def check_agreement(narrator: Narrator):
    """With ddp every process must hold the same weights; anything else is a fault that would spoil the run unseen."""
    digest = [parameter.detach().double().sum().item() for parameter in narrator.parameters() if parameter.requires_grad]
    gathered = [None] * WORLD
    dist.all_gather_object(gathered, digest)
    if any(other != digest for other in gathered):
        raise RuntimeError('The processes hold different weights.')


# 3. The run ---------------------------------------------------------------------------------------------------------

WHOLE = StateDictOptions(full_state_dict=True, cpu_offload=True, ignore_frozen_params=True)
KEEP_FROZEN = StateDictOptions(full_state_dict=True, strict=False)


class Run:
    def __init__(self, model: nn.Module, narrator: Narrator, out: Path, settings: dict):
        self.model, self.narrator, self.out, self.settings = model, narrator, out, settings
        self.trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.optimiser = torch.optim.AdamW(self.trained, settings['rate'], weight_decay=0)
        self.step, self.seconds = 0, 0.0
        if (out / 'state.pt').exists():
            state = torch.load(out / 'state.pt', map_location='cpu', weights_only=True, mmap=True)
            changed = [key for key, value in settings.items() if state['settings'].get(key) != value]
            if changed:
                raise SystemExit(f'{out} was begun with other settings: {", ".join(changed)}. Use those, or another folder.')
            weights, optimiser = state['model'], state['optimiser']
            set_state_dict(model, self.optimiser, model_state_dict=weights, optim_state_dict=optimiser, options=KEEP_FROZEN)
            self.step, self.seconds = state['step'], state['seconds']
        self.curve = Curve(out / 'curve.csv', self.step)

    def save(self):
        if WORLD > 1 and isinstance(self.model, DistributedDataParallel):
            check_agreement(self.narrator)
        # All take part; only the first holds the result.
        weights, optimiser = get_state_dict(self.model, self.optimiser, options=WHOLE)
        if RANK == 0:
            progress = {'step': self.step, 'seconds': self.seconds, 'settings': self.settings}
            torch.save({'model': weights, 'optimiser': optimiser, **progress}, self.out / 'state.pt.part')
            os.replace(self.out / 'state.pt.part', self.out / 'state.pt')
        return weights

    def update(self, batches: list[dict], tokens: int, rate: float, weight: float) -> dict[str, float]:
        """One step over this process's part of the global batch."""
        began = time.time()
        targets, tokens = summed([sum((batch['targets'] != IGNORED).sum().item() for batch in batches), tokens])
        sums = {}
        for index, batch in enumerate(batches):
            batch = {key: value.to(DEVICE, non_blocking=True) for key, value in batch.items()}
            # Gradients of DDP are averaged once, after the last part; FSDP does it each time, which needs the least memory.
            waits = isinstance(self.model, DistributedDataParallel) and index + 1 < len(batches)
            with self.model.no_sync() if waits else nullcontext():
                figures = self.model(batch, weight)
                (figures['loss'] * (WORLD / targets)).backward()  # the strategies take the mean over processes
            for key, value in figures.items():
                sums[key] = sums.get(key, 0) + value.item()
        norm = nn.utils.clip_grad_norm_(self.trained, 1.0)
        norm = norm.full_tensor() if hasattr(norm, 'full_tensor') else norm
        for group in self.optimiser.param_groups:
            group['lr'] = rate
        self.optimiser.step()
        self.optimiser.zero_grad()
        sums = dict(zip(sums, summed(list(sums.values()))))
        self.step += 1
        spent = time.time() - began
        self.seconds += spent
        ratio = lambda a, b: sums[a] / max(1, sums[b])
        return {
            'loss': sums['loss'] / targets,
            'reply': ratio('reply', 'replies'), 'reply_right': ratio('reply_right', 'replies'),
            'decision': ratio('decision', 'decisions'), 'decision_right': ratio('decision_right', 'decisions'),
            'norm': norm.item(), 'tokens_a_second': tokens / spent, 'seconds': self.seconds,
            'gigabytes': torch.cuda.max_memory_allocated() / 1e9 if DEVICE.type == 'cuda' else 0,
        }


class Curve:
    """A CSV file of one line a step. What a killed run wrote after its last save is cut off when it goes on."""

    def __init__(self, path: Path, step: int):
        self.path = path
        if RANK == 0 and path.exists():
            lines = path.read_text().splitlines(keepends=True)
            whole = [line for line in lines if line.endswith('\n')]
            path.write_text(''.join(whole[:1] + [line for line in whole[1:] if int(line.split(',', 1)[0]) <= step]))

    def add(self, figures: dict[str, float]):
        if RANK == 0:
            with open(self.path, 'a', newline='') as file:
                writer = csv.writer(file, lineterminator='\n')
                if file.tell() == 0:
                    writer.writerow(figures)
                writer.writerow([f'{value:.6g}' for value in figures.values()])


def rate_at(step: int, steps: int, peak: float) -> float:
    """Linear over the first 5 %, then a cosine down to nothing."""
    warm = max(1, round(0.05 * steps))
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))) / 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--base', type=Path, required=True, help='folder of a Llama in Hugging Face layout, with tokenizer.json')
    parser.add_argument('--features', type=Path, required=True, help='what features.py wrote')
    parser.add_argument('--include', nargs='+', default=['train*.json'], help='which shards')
    parser.add_argument('--protocol', default='paper', help='paper, released, desk, or a JSON file')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--strategy', choices=['ddp', 'fsdp'], default='ddp')
    parser.add_argument('--epochs', type=int, default=2)
    parser.add_argument('--rate', type=float, default=2e-4)
    parser.add_argument('--global-batch', type=int, default=64, help='sequences a step, over all processes')
    parser.add_argument('--micro-batch', type=int, default=1, help='sequences at once on a process; gradients are added up')
    parser.add_argument('--rank', type=int, default=128, help='of LoRA')
    parser.add_argument('--alpha', type=int, default=256)
    parser.add_argument('--dropout', type=float, default=0.05)
    parser.add_argument('--stream-weight', type=float, default=1.0, help="weight of frames' targets in the loss")
    parser.add_argument('--keep-silent', type=float, default=1.0, help='share of silent frames in the loss')
    plain = 'share of sequences with the default instruction; 1 for data that is not Desk World'
    parser.add_argument('--plain', type=float, default=Recipe.plain, help=plain)
    parser.add_argument('--longest', type=int, default=7000, help='tokens of a sequence, before its last reply')
    parser.add_argument('--dtype', choices=TYPES, default='bf16')
    parser.add_argument('--no-checkpointing', action='store_true', help='keep all activations: less to compute, much more memory')
    parser.add_argument('--save-every', type=int, default=50, help='steps')
    parser.add_argument('--stop-after', type=int, help='steps; to measure, or to try a few at the rates of the whole run')
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    share, rest = divmod(options.global_batch, WORLD * options.micro_batch)
    if rest:
        parser.error(f'a step of {options.global_batch} cannot be divided among {WORLD} processes, {options.micro_batch} at once')
    join()
    torch.manual_seed(options.seed)  # the same weights everywhere
    options.out.mkdir(parents=True, exist_ok=True)

    about = json.loads((options.features / 'tower.json').read_text())
    language = LlamaForCausalLM.from_pretrained(options.base, dtype=TYPES[options.dtype], device_map={'': str(DEVICE)})
    positions = language.config.max_position_embeddings
    if options.longest + 300 > positions:
        parser.error(f'--longest {options.longest} leaves no room for a last reply in the {positions} positions of the base')
    tokenizer = load_tokenizer(options.base)
    layout = Layout(load_protocol(options.protocol), tokenizer, language.config.bos_token_id, about['tokens'])
    streams = Streams(options.features, options.features, options.include)
    if not streams.streams:
        parser.error(f'{options.features} has no shard named {" or ".join(options.include)}')
    recipe = Recipe(plain=options.plain, keep_silent=options.keep_silent, longest=options.longest)
    sequences = Sequences(streams, layout, tokenizer, recipe, options.seed)
    steps = max(1, options.epochs * len(streams.streams) // options.global_batch)

    narrator = Narrator(language, about['width'], lora(options.rank, options.alpha, options.dropout)).to(DEVICE)
    if not options.no_checkpointing:
        narrator.llama.activation_checkpointing_enable({'use_reentrant': False})
    names = [
        'protocol', 'rate', 'epochs', 'global_batch', 'rank', 'alpha', 'dropout', 'stream_weight', 'keep_silent', 'plain',
        'longest', 'dtype', 'seed',
    ]
    settings = {'streams': len(streams.streams), **{name: getattr(options, name) for name in names}}
    run = Run(distribute(narrator, options.strategy), narrator, options.out, settings)
    run.model.train()
    if RANK == 0:
        trained, whole = sum(p.numel() for p in run.trained), sum(p.numel() for p in narrator.parameters())
        size = f'{trained / 1e6:.2f}M of {whole / 1e6:.2f}M parameters learn'
        print(f'{len(streams.streams)} streams, {steps} steps, {size}, {WORLD} processes, from step {run.step}', flush=True)

    weights, stop = None, min(steps, options.stop_after or steps)
    while run.step < stop:
        first = run.step * options.global_batch + RANK * share * options.micro_batch
        batches, tokens = sequences.batches(first, options.micro_batch, share)
        torch.manual_seed((options.seed * 1_000_003 + run.step) * WORLD + RANK)  # dropout
        figures = run.update(batches, tokens, rate_at(run.step, steps, options.rate), options.stream_weight)
        run.curve.add({'step': run.step, 'rate': rate_at(run.step - 1, steps, options.rate), **figures})
        if RANK == 0 and (run.step % 10 == 0 or run.step == stop):
            print(f'{run.step}/{steps} ' + ' '.join(f'{key} {value:.4g}' for key, value in figures.items()), flush=True)
        if run.step % options.save_every == 0 or run.step == stop:
            weights = run.save()
    if weights is None:  # the run was complete already
        weights = run.save()
    if RANK == 0:
        save_adapter(options.out / 'adapter', weights, lora(options.rank, options.alpha, options.dropout))
    leave()


if __name__ == '__main__':
    main()
