"""What the training scripts share: processes that average gradients, a learning rate by the clock, resuming, curves.

Started by torchrun, one process a core: on CPUs that is faster than one process with as many threads.
"""

import functools
import math
import os
import time
import timeit
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn


class Run:
    """One training run of so many `minutes` (see `clock`). `out` is written every few minutes with all that is needed to go on;
    `out`.csv holds the curves. A part of the model that is good already may learn `slowly`, at a share of the rate.
    With `muon` instead of AdamW."""

    def __init__(self, model: nn.Module, out: Path, minutes: float, rate: float, decay: float, every: int = 50, slowly: tuple[nn.Module | None, float] = (None, 1.0), muon: bool = False):
        self.model, self.out, self.total, self.rate, self.every = model, out, minutes * 60, rate, every
        self.trained = [p for p in model.parameters() if p.requires_grad]
        part, share = slowly
        slow = {id(p) for p in part.parameters()} if part else set()
        groups = [
            {'params': params, 'weight_decay': decay if matrices else 0.0, 'share': share if of_part else 1.0, 'orthogonal': matrices}
            for matrices in (True, False) for of_part in (False, True)
            if (params := [p for p in self.trained if (p.dim() > 1) == matrices and (id(p) in slow) == of_part])
        ]
        self.optimiser = Muon(groups, rate) if muon else torch.optim.AdamW(groups, rate, betas=(0.9, 0.98), fused=True)
        self.spent, self.step, self.means, self.saved = 0.0, 0, {}, time.time()
        if out.exists():
            state = torch.load(out, weights_only=True, map_location=DEVICE)
            model.load_state_dict(state['model'])
            self.optimiser.load_state_dict(state['optimiser'])
            self.spent, self.step = state['spent'], state['step']
        self.began = clock()

    @property
    def done(self) -> bool:
        return self.spent >= self.total

    def update(self, loss: torch.Tensor, figures: dict[str, float]):
        """One step: backward, gradients averaged over the processes, a learning rate for this time of the run."""
        loss.backward()
        flat = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).flatten() for p in self.trained])
        if WORLD > 1:
            dist.all_reduce(flat)
            flat /= WORLD
        for p, g in zip(self.trained, flat.split([p.numel() for p in self.trained])):
            p.grad = g.view_as(p).clone()
        torch.nn.utils.clip_grad_norm_(self.trained, 2.0)
        warm, share = min(1, (self.step + 1) / 100), min(1, self.spent / self.total)
        for group in self.optimiser.param_groups:
            group['lr'] = group['share'] * self.rate * warm * (0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2)
        self.optimiser.step()
        self.optimiser.zero_grad()

        passed = torch.tensor([clock() - self.began])
        if WORLD > 1:
            dist.broadcast(passed, 0)  # all processes must stop at the same step
        self.began = clock()
        self.spent += passed.item()
        self.step += 1
        for key, value in figures.items():
            self.means[key] = 0.96 * self.means.get(key, float(value)) + 0.04 * float(value)
        if RANK == 0 and self.step % self.every == 0:
            self.report()

    def report(self):
        log = self.out.with_suffix('.csv')
        if not log.exists():
            log.write_text(','.join(['step', 'seconds', 'rate', *self.means]) + '\n')
        rate = self.optimiser.param_groups[0]['lr']
        with open(log, 'a') as file:
            file.write(','.join([str(self.step), f'{self.spent:.0f}', f'{rate:.5f}', *[f'{value:.4f}' for value in self.means.values()]]) + '\n')
        print(f'{self.step} {self.spent:.0f}s ' + ' '.join(f'{key} {value:.3f}' for key, value in self.means.items()), flush=True)
        if time.time() - self.saved > 120:
            self.save()

    def save(self):
        if RANK:
            return
        state = {'model': self.model.state_dict(), 'optimiser': self.optimiser.state_dict(), 'spent': self.spent, 'step': self.step}
        torch.save(state, f'{self.out}.part')
        os.replace(f'{self.out}.part', self.out)
        self.saved = time.time()


class Muon(torch.optim.Optimizer):
    """AdamW, but matrices and kernels move along the orthogonal matrix nearest to their momentum, so that all directions learn equally
    fast (K. Jordan, "Muon", 2024); steps as large as AdamW's (arXiv 2502.16982), so that the rate is the same. Groups say
    `orthogonal` or not."""

    MOMENTUM, BETAS, EPSILON = 0.95, (0.9, 0.98), 1e-8

    def __init__(self, groups: list[dict], lr: float):
        super().__init__(groups, {'lr': lr, 'weight_decay': 0.0, 'orthogonal': False})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                p.mul_(1 - group['lr'] * group['weight_decay'])
                p.sub_(self.direction(p, group['orthogonal']), alpha=group['lr'])

    def direction(self, p: torch.Tensor, orthogonal: bool) -> torch.Tensor:
        state = self.state[p]
        if not state:
            state |= {'step': torch.zeros(()), 'first': torch.zeros_like(p)} | ({} if orthogonal else {'second': torch.zeros_like(p)})
        if orthogonal:
            momentum = state['first'].lerp_(p.grad, 1 - self.MOMENTUM)
            ahead = p.grad.lerp(momentum, self.MOMENTUM).flatten(1)
            return orthogonalised(ahead).view_as(p) * 0.2 * max(ahead.shape) ** 0.5
        step, (b1, b2) = state['step'].add_(1), self.BETAS
        first, second = state['first'].lerp_(p.grad, 1 - b1), state['second'].lerp_(p.grad.square(), 1 - b2)
        return first / (1 - b1 ** step) / ((second / (1 - b2 ** step)).sqrt() + self.EPSILON)


def orthogonalised(x: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """About U V^T of x = U S V^T, by the quintic Newton-Schulz iteration of Muon."""
    if x.shape[0] > x.shape[1]:
        return orthogonalised(x.T, steps).T
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x


DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
RANK, WORLD = int(os.environ.get('RANK', 0)), int(os.environ.get('WORLD_SIZE', 1))


def clock() -> float:
    """Seconds that a run's budget counts. On processors those in which this thread worked: what else a machine has to do then
    costs no steps, and runs beside one another can be compared."""
    return time.time() if DEVICE != 'cpu' else time.thread_time()


def join(seed: int):
    """Joins the other processes, if torchrun started any; one thread each, else as many as OMP_NUM_THREADS says."""
    if WORLD > 1:
        dist.init_process_group('gloo')
    torch.set_num_threads(1 if WORLD > 1 else int(os.environ.get('OMP_NUM_THREADS', 2)))
    torch.manual_seed(seed)  # the same in all: they must start from the same weights


def leave():
    if WORLD > 1:
        dist.destroy_process_group()


@functools.cache
def bf16_is_faster() -> bool:
    """Whether bf16 pays on this device. Measured, because what a processor says of itself does not tell: with the same instructions
    (AVX-512's dot products) convolutions were faster on one and took up to twice as long on another."""
    if DEVICE != 'cpu':
        return True
    pictures, kernel, taken = torch.ones(8, 64, 30, 48), torch.ones(64, 64, 3, 3), {}  # no dice: runs are seeded
    for kind in (torch.float32, torch.bfloat16):
        some, weight = pictures.to(kind), kernel.to(kind)
        taken[kind] = min(timeit.repeat(lambda: F.conv2d(some, weight, padding=1), number=1, repeat=6))
    return taken[torch.bfloat16] < 0.8 * taken[torch.float32]


def faster() -> torch.autocast:
    """Products in bf16 where that is faster."""
    return torch.autocast(DEVICE, torch.bfloat16, enabled=bf16_is_faster())


def on_device(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.to(DEVICE, non_blocking=True) for name, tensor in tensors.items()}


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    """All weights of a saved model."""
    return torch.load(path, weights_only=True, map_location='cpu')['model']


def part_of(path: Path, name: str) -> dict[str, torch.Tensor]:
    """The weights of one part of a saved model, such as `vision`."""
    return {key.removeprefix(f'{name}.'): value for key, value in weights_of(path).items() if key.startswith(f'{name}.')}
