"""The text tower: puts a caption where the picture it describes is, in the embedding that both share (CLIP, arXiv 2103.00020).

Trained with the encoder (train_vision.py) and shipped as text.onnx, for searching frames by words.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tokenizer import PAD, SIZE

CAPTION = 40  # most tokens of a caption


class Layer(nn.Module):
    """A transformer layer, normalised first. torch's own has no ONNX form for rows of any length."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [N, T, W]; mask [N, 1, 1, T] is true where there is a token."""
        count, length, width = x.shape
        split = self.qkv(self.norm1(x)).view(count, length, 3, self.heads, width // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4)                                                        # [N, H, T, W / H] each
        seen = F.scaled_dot_product_attention(q, k, v, mask)
        x = x + self.out(seen.transpose(1, 2).reshape(count, length, width))
        return x + self.outer(F.gelu(self.inner(self.norm2(x))))


class TextTower(nn.Module):
    """Two transformer layers over a caption; their mean over its tokens is the embedding."""

    def __init__(self, embedding: int, width: int = 128):
        super().__init__()
        self.words = nn.Embedding(SIZE, width)
        self.places = nn.Parameter(torch.randn(CAPTION, width) * 0.02)
        self.layers = nn.ModuleList([Layer(width, 4), Layer(width, 4)])
        self.project = nn.Linear(width, embedding)

    def forward(self, ids: Tensor) -> Tensor:
        """Token ids int64 [N, T], at most 40 a row and padded with <|pad|> -> embeddings of unit length [N, E]."""
        there = ids != PAD                                                                             # [N, T]
        x = self.words(ids) + self.places[:ids.shape[1]]                                               # [N, T, W]
        for layer in self.layers:
            x = layer(x, there[:, None, None])
        x = (x * there[:, :, None]).sum(1) / there.sum(1, keepdim=True)
        return F.normalize(self.project(x).float(), dim=1)                                             # [N, E]
