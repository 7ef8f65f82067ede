"""A small Llama: RMSNorm, rotary positions, SwiGLU, no biases, tied embeddings.

Rotary pairs are neighbours (2i, 2i + 1), as llama.cpp's "llama" architecture has them, so weights are exported as they are.
Inputs are embeddings: `embed(tokens)` for words, the vision graph's tokens for frames.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class LanguageConfig:
    vocabulary: int = 1024
    width: int = 256
    layers: int = 3
    heads: int = 2
    inner: int = 704       # of SwiGLU
    context: int = 2048    # stated in the GGUF; training sequences are shorter
    base: float = 10000.0  # of the rotary frequencies
    eps: float = 1e-5


class Norm(nn.Module):
    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.float(), self.weight.shape, self.weight, self.eps)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotates neighbouring pairs: x [B, H, T, D], cos and sin [T, D / 2]."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2).to(x.dtype)


class Layer(nn.Module):
    def __init__(self, config: LanguageConfig):
        super().__init__()
        width, self.heads = config.width, config.heads
        self.attn_norm = Norm(width, config.eps)
        self.attn_q = nn.Linear(width, width, bias=False)
        self.attn_k = nn.Linear(width, width, bias=False)
        self.attn_v = nn.Linear(width, width, bias=False)
        self.attn_output = nn.Linear(width, width, bias=False)
        self.ffn_norm = Norm(width, config.eps)
        self.ffn_gate = nn.Linear(width, config.inner, bias=False)
        self.ffn_up = nn.Linear(width, config.inner, bias=False)
        self.ffn_down = nn.Linear(config.inner, width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None, cache: list | None) -> Tensor:
        batch, time, width = x.shape
        h = self.attn_norm(x)                                                                # [B, T, W]
        split = lambda y: y.view(batch, time, self.heads, -1).transpose(1, 2)                # [B, H, T, D]
        q, k, v = rotate(split(self.attn_q(h)), cos, sin), rotate(split(self.attn_k(h)), cos, sin), split(self.attn_v(h))
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None and time > 1)
        x = x + self.attn_output(y.transpose(1, 2).reshape(batch, time, width))
        h = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))


class Language(nn.Module):
    def __init__(self, config: LanguageConfig):
        super().__init__()
        self.config = config
        self.token_embd = nn.Embedding(config.vocabulary, config.width)
        self.blk = nn.ModuleList([Layer(config) for _ in range(config.layers)])
        self.output_norm = Norm(config.width, config.eps)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)
        for layer in self.blk:
            for last in (layer.attn_output, layer.ffn_down):
                nn.init.normal_(last.weight, std=0.02 * (2 * config.layers) ** -0.5)
        self.register_buffer('cos', torch.empty(0), persistent=False)
        self.register_buffer('sin', torch.empty(0), persistent=False)
        self.rotations(config.context)

    def embed(self, tokens: Tensor) -> Tensor:
        return self.token_embd(tokens)

    def forward(self, x: Tensor, caches: list[list] | None = None) -> Tensor:
        """Embeddings [B, T, W] to normalised states [B, T, W]; with `caches` (one list a layer) x follows what is cached."""
        before = caches[0][0].shape[2] if caches and caches[0] else 0
        time = x.shape[1]
        if before + time > len(self.cos):  # a growing reference cache may pass the stated context
            self.rotations(2 * (before + time))
        cos, sin = self.cos[before:before + time], self.sin[before:before + time]
        mask = None
        if before and time > 1:
            mask = torch.ones(time, before + time, dtype=torch.bool).tril(before)            # [T, before + T]
        for index, layer in enumerate(self.blk):
            x = layer(x, cos, sin, mask, caches[index] if caches is not None else None)
        return self.output_norm(x)

    def rotations(self, length: int):
        """Fills the table of rotary angles for so many positions."""
        dimension = self.config.width // self.config.heads
        frequency = self.config.base ** (-torch.arange(0, dimension, 2).double() / dimension)  # [D / 2]
        angle = torch.arange(length).double()[:, None] * frequency                             # [length, D / 2]
        self.cos, self.sin = angle.cos().float(), angle.sin().float()

    def logits(self, states: Tensor) -> Tensor:
        return F.linear(states, self.token_embd.weight).float()                              # [..., vocabulary]

    def forget(self, caches: list[list], start: int, stop: int):
        """Takes positions [start, stop) out of the cache and moves what follows up, as the program's window does."""
        moved = stop - start
        cos, sin = self.cos[moved:moved + 1], -self.sin[moved:moved + 1]  # rotates back by as many positions
        for cache in caches:
            keys, values = cache
            cache[:] = [torch.cat([keys[:, :, :start], rotate(keys[:, :, stop:], cos, sin)], 2), torch.cat([values[:, :, :start], values[:, :, stop:]], 2)]
