"""A closer look at one frame, for a question about it. The encoder of the stream (vision.py) has 20 ms for each of thousands of
frames; a question is asked now and then, and may take ten times as long.

The same convolutions, with more blocks, give 15 x 24 places; each four neighbours are merged, a transformer lets each of these 8 x 12
cells see all others, and ten more tokens see them all, like the class token of a ViT (arXiv 2010.11929). These ten are as wide as the
language model's tokens, which reads them as it reads a frame's.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vision import MAP_HEIGHT, MAP_WIDTH, TOKENS, Affine, Appearance, Encoder, VisionConfig, folded

CONFIG = VisionConfig(blocks=(1, 3, 4))  # the blocks that the stream's encoder does not have begin as the identity
LAYERS, HEADS = 6, 6
ROWS, COLUMNS = (MAP_HEIGHT + 1) // 2, (MAP_WIDTH + 1) // 2  # of cells


class Layer(nn.Module):
    """A layer of a vision transformer, which begins as the identity: [N, T, W] -> [N, T, W]."""

    def __init__(self, width: int):
        super().__init__()
        self.first_norm, self.second_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.inner, self.outer = Affine(width, 3 * width), Affine(width, width)
        self.up, self.down = Affine(width, 3 * width), Affine(3 * width, width)
        for last in (self.outer, self.down):
            nn.init.zeros_(last.weight)

    def forward(self, x: Tensor) -> Tensor:
        count, time, width = x.shape
        q, k, v = self.inner(self.first_norm(x)).view(count, time, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        x = x + self.outer(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(count, time, width))
        return x + self.down(F.gelu(self.up(self.second_norm(x))))


class CloseUp(nn.Module):
    """pixels uint8 [N, 240, 384, 3] -> tokens [N, 10, W]."""

    def __init__(self, config: VisionConfig = CONFIG):
        super().__init__()
        width = config.appearance
        self.encoder, self.appearance = Encoder(config), Appearance(config)
        self.merge = Affine(4 * width, width)
        self.place = nn.Parameter(torch.randn(ROWS * COLUMNS, width) * 0.02)
        self.asking = nn.Parameter(torch.randn(TOKENS, width) * 0.02)
        self.layers = nn.ModuleList([Layer(width) for _ in range(LAYERS)])
        self.norm = nn.LayerNorm(width)
        self.first, self.second = Affine(width, config.hidden), Affine(config.hidden, config.out)
        self.merge.weight.data = torch.eye(width).repeat_interleave(4, 0) / 4  # the mean, to begin with

    def see(self, x: Tensor) -> Tensor:
        """[N, 3, 240, 384] in -1..1 -> what is at each place, [N, A, 15, 24]."""
        return self.appearance(self.encoder(x))

    def gather(self, there: Tensor) -> tuple[Tensor, Tensor]:
        """[N, A, 15, 24] -> what is in each cell, each knowing of the others [N, 96, A], and the ten tokens [N, 10, W]."""
        fours = F.pixel_unshuffle(F.pad(there, (0, MAP_WIDTH % 2, 0, MAP_HEIGHT % 2)), 2)                 # [N, 4 A, 8, 12]
        cells = self.merge(fours.flatten(2).transpose(1, 2)) + self.place
        y = torch.cat([cells, self.asking.expand(there.shape[0], -1, -1)], 1)                             # [N, 106, A]
        for layer in self.layers:
            y = layer(y)
        y = self.norm(y)
        return y[:, :-TOKENS], self.second(F.gelu(self.first(y[:, -TOKENS:])))

    def forward(self, pixels: Tensor) -> Tensor:
        return self.gather(self.see(pixels.permute(0, 3, 1, 2).float() * (2 / 255) - 1))[1]

    def fold(self):
        return folded(self)
