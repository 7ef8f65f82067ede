"""desk-vision: a small convolutional encoder that turns a frame into ten tokens which also say what changed.

Per frame: one token for the whole picture and nine for a 3 x 3 grid. Each token is made of
    appearance   what is there: a feature map averaged over the cell                               [A]
    transition   what changed: this and the last frame's feature maps compared place by place by a
                 few more convolutions, *then* averaged, and the strongest                         [2 T]
    pixels       six statistics of the luma difference at half resolution                          [6]
standardised, and sent through the connector (Linear, GELU, Linear) to the width of the language model.

State from frame to frame is one vector: the last feature map, the last luma map and a flag; zeros = no frame before.
Matrices are stored [in, out] so that the ONNX graph keeps their names and the reference can load them from there.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HEIGHT, WIDTH = 240, 384
MAP_HEIGHT, MAP_WIDTH = HEIGHT // 16, WIDTH // 16    # 15 x 24 features
LUMA_HEIGHT, LUMA_WIDTH = HEIGHT // 2, WIDTH // 2    # 120 x 192
CELL, LUMA_CELL = (5, 8), (40, 64)                   # one of 3 x 3 cells on either map
TOKENS = 10
STATISTICS = 6


@dataclass(frozen=True)
class VisionConfig:
    channels: tuple[int, int, int] = (32, 64, 128)  # at /4, /8, /16
    blocks: tuple[int, int, int] = (1, 2, 2)        # residual blocks at each
    appearance: int = 192                           # width of what is there, at /16
    transition: int = 128                           # width of what changed, at /16
    embedding: int = 128  # width of the CLIP embedding
    hidden: int = 512     # width inside the connector
    out: int = 256        # width of a token: the language model's

    @property
    def features(self) -> int:
        """Width of the feature map that is kept for the next frame."""
        return self.channels[-1]

    @property
    def raw(self) -> int:
        """Width of a token before the connector."""
        return self.appearance + 2 * self.transition + STATISTICS

    @property
    def state(self) -> int:
        return self.features * MAP_HEIGHT * MAP_WIDTH + LUMA_HEIGHT * LUMA_WIDTH + 1


class Conv(nn.Module):
    """Convolution with batch normalisation, which `fold` merges into the kernel.

    With `frozen` the running statistics stand for the batch's, so training merges it at every step as well."""

    frozen = False

    def __init__(self, inner: int, outer: int, kernel: int = 3, stride: int = 1):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outer, inner, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outer), requires_grad=False)  # zero until folded
        self.norm = nn.BatchNorm2d(outer)
        self.stride, self.padding = stride, 1 if kernel == 3 else (kernel - stride) // 2
        nn.init.kaiming_normal_(self.weight, nonlinearity='relu')

    def forward(self, x: Tensor) -> Tensor:
        if self.norm is None:
            return F.conv2d(x, self.weight, self.bias, self.stride, self.padding)
        if self.frozen:
            return F.conv2d(x, *self.merged(), self.stride, self.padding)
        return self.norm(F.conv2d(x, self.weight, None, self.stride, self.padding))

    def merged(self) -> tuple[Tensor, Tensor]:
        """The kernel and bias that do what the kernel and the normalisation do."""
        scale = self.norm.weight / (self.norm.running_var + self.norm.eps).sqrt()
        return self.weight * scale[:, None, None, None], self.norm.bias - self.norm.running_mean * scale

    def fold(self):
        self.weight.data, self.bias.data = (part.detach() for part in self.merged())
        self.norm = None


def freeze_statistics(model: nn.Module):
    """Batch normalisation of all its convolutions keeps the statistics that it has (`Conv.frozen`)."""
    for module in model.modules():
        if isinstance(module, Conv):
            module.frozen = True


def folded(model: nn.Module) -> nn.Module:
    """The model with batch normalisation merged into its convolutions, for export. It is for inference afterwards."""
    model.eval()
    for module in model.modules():
        if isinstance(module, Conv) and module.norm is not None:
            module.fold()
    return model


class Block(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.first = Conv(width, width)
        self.second = Conv(width, width)
        nn.init.zeros_(self.second.norm.weight)  # starts as the identity

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x))))


class Encoder(nn.Module):
    """Plain ResNet, stride 16: [N, 3, 240, 384] in -1..1 -> feature map [N, C, 15, 24], never negative.

    The stem goes to a quarter of the resolution at once: maps at half of it would cost most of the time."""

    def __init__(self, config: VisionConfig):
        super().__init__()
        self.stages = nn.ModuleList()
        inner = 3
        for index, (outer, blocks) in enumerate(zip(config.channels, config.blocks)):
            enter = Conv(3, outer, 8, 4) if index == 0 else Conv(inner, outer, 3, 2)
            self.stages.append(nn.ModuleDict({'enter': enter, 'blocks': nn.Sequential(*[Block(outer) for _ in range(blocks)])}))
            inner = outer

    def forward(self, x: Tensor) -> Tensor:
        for stage in self.stages:
            x = stage['blocks'](F.relu(stage['enter'](x)))
        return x


class Appearance(nn.Module):
    """What is there: [N, C, 15, 24] -> [N, A, 15, 24]."""

    def __init__(self, config: VisionConfig):
        super().__init__()
        self.enter = Conv(config.features, config.appearance)
        self.block = Block(config.appearance)

    def forward(self, now: Tensor) -> Tensor:
        return self.block(F.relu(self.enter(now)))


class Transition(nn.Module):
    """What changed: two feature maps [N, C, 15, 24] and the luma difference [N, 1, 120, 192] -> [N, T, 15, 24]."""

    def __init__(self, config: VisionConfig):
        super().__init__()
        self.enter = Conv(3 * config.features + 2, config.transition, 1)
        self.blocks = nn.Sequential(Block(config.transition), Block(config.transition))

    def forward(self, now: Tensor, before: Tensor, difference: Tensor) -> Tensor:
        patch = torch.cat([F.avg_pool2d(difference, 8), F.max_pool2d(difference.abs(), 8)], 1) * 4   # [N, 2, 15, 24]
        change = now - before
        return self.blocks(F.relu(self.enter(torch.cat([now, change, change.abs(), patch], 1))))


class Affine(nn.Module):
    """x @ weight + bias with weight [in, out]."""

    def __init__(self, inner: int, outer: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inner, outer) * inner ** -0.5)
        self.bias = nn.Parameter(torch.zeros(outer))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight + self.bias


def grid(x: Tensor, cell: tuple[int, int]) -> Tensor:
    """Mean over each cell: [N, C, H, W] -> [N, 9, C], row by row."""
    return F.avg_pool2d(x, cell).flatten(2).transpose(1, 2)


def with_whole(cells: Tensor, whole: Tensor) -> Tensor:
    """Puts the token of the whole frame first: [N, 9, C], [N, 1, C] -> [N, 10, C]."""
    return torch.cat([whole, cells], 1)


def luma_of(x: Tensor) -> Tensor:
    """Luma 0..1 at half resolution: [N, 3, 240, 384] in -1..1 -> [N, 1, 120, 192]."""
    luma = (x[:, 0:1] * 0.299 + x[:, 1:2] * 0.587 + x[:, 2:3] * 0.114 + 1) * 0.5
    return F.avg_pool2d(luma, 2)


def pixel_statistics(difference: Tensor) -> Tensor:
    """What a luma difference looks like, a cell: [N, 1, 120, 192] -> [N, 10, 6], each about 0..3 (-3..3 the signed mean)."""
    size = difference.abs()
    mean = grid(size, LUMA_CELL)                                                                        # [N, 9, 1]
    block = F.max_pool2d(F.avg_pool2d(size, 8), CELL).flatten(2).transpose(1, 2)           # strongest 16-pixel block
    some = grid((size > 0.03).float(), LUMA_CELL)
    strong = grid((size > 0.15).float(), LUMA_CELL)
    signed = grid(difference, LUMA_CELL)
    lines = F.max_pool2d(size, (1, 64))                                                      # [N, 1, 120, 3]
    lines = F.avg_pool2d((lines > 0.03).float(), (40, 1)).flatten(2).transpose(1, 2)         # share of pixel rows touched
    cells = torch.cat([mean, block, some, strong, signed, lines], 2)                         # [N, 9, 6]
    whole = cells.mean(1, keepdim=True)                                                      # [N, 1, 6]
    whole = torch.cat([whole[:, :, :1], block.amax(1, keepdim=True), whole[:, :, 2:]], 2)
    x = with_whole(cells, whole)                                                             # [N, 10, 6]
    return torch.sign(x) * torch.log(x.abs() * 20 + 1)


def appearance_tokens(there: Tensor) -> Tensor:
    """[N, A, 15, 24] -> [N, 10, A]."""
    cells = grid(there, CELL)
    return with_whole(cells, cells.mean(1, keepdim=True))


class Vision(nn.Module):
    """The whole graph that is shipped: pixels and state in, tokens, still tokens, embedding and state out."""

    def __init__(self, config: VisionConfig):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.appearance = Appearance(config)
        self.transition = Transition(config)
        self.embed = Affine(TOKENS * config.appearance, config.embedding)
        self.mean = nn.Parameter(torch.zeros(config.raw), requires_grad=False)   # of raw tokens, over the training set
        self.scale = nn.Parameter(torch.ones(config.raw), requires_grad=False)   # 1 / their standard deviation
        self.first = Affine(config.raw, config.hidden)
        self.second = Affine(config.hidden, config.out)
        self.place = nn.Parameter(torch.randn(TOKENS, config.out) * 0.02)         # which of the ten tokens it is

    def connect(self, raw: Tensor) -> Tensor:
        """Raw tokens to tokens: [..., 10, raw] -> [..., 10, out]."""
        return self.second(F.gelu(self.first((raw - self.mean) * self.scale))) + self.place

    def embedding(self, appearance: Tensor) -> Tensor:
        """Appearance tokens [N, 10, A] -> CLIP embedding of unit length [N, E]."""
        return F.normalize(self.embed(appearance.flatten(1)), dim=1)

    def raw(self, there: Tensor, changed: Tensor, difference: Tensor, valid: Tensor) -> Tensor:
        """Raw tokens [N, 10, raw] from the maps of appearance [N, A, 15, 24] and transition [N, T, 15, 24] and the luma
        difference [N, 1, 120, 192]; `valid` [N, 1, 1] is 0 where there is no frame before. The same frame again has not changed."""
        valid = valid * (difference.abs().amax((2, 3)) > 0)[:, :, None]
        cells, strongest = grid(changed, CELL), F.max_pool2d(changed, CELL).flatten(2).transpose(1, 2)   # [N, 9, T] each
        whole = torch.cat([cells.mean(1, keepdim=True), strongest.amax(1, keepdim=True)], 2)             # [N, 1, 2 T]
        change = with_whole(torch.cat([cells, strongest], 2), whole)
        return torch.cat([appearance_tokens(there), change * valid, pixel_statistics(difference) * valid], 2)

    def forward(self, pixels: Tensor, state_in: Tensor):
        """pixels uint8 [N, 240, 384, 3], state_in [1, S]. Frame 0 follows the state, frame i follows frame i - 1."""
        config = self.config
        x = pixels.permute(0, 3, 1, 2).float() * (2 / 255) - 1                    # [N, 3, 240, 384]
        luma = luma_of(x)                                                         # [N, 1, 120, 192]
        features = self.encoder(x)                                                # [N, C, 15, 24]
        size = config.features * MAP_HEIGHT * MAP_WIDTH
        before = torch.cat([state_in[:, :size].reshape(1, config.features, MAP_HEIGHT, MAP_WIDTH), features[:-1]])
        luma_before = torch.cat([state_in[:, size:-1].reshape(1, 1, LUMA_HEIGHT, LUMA_WIDTH), luma[:-1]])
        valid = torch.cat([state_in[:, -1:], torch.ones_like(luma[:-1, 0, 0, :1])]).unsqueeze(2)   # [N, 1, 1]
        difference = luma - luma_before
        raw = self.raw(self.appearance(features), self.transition(features, before, difference), difference, valid)
        there, change = raw[:, :, :config.appearance], raw[:, :, config.appearance:]
        still = torch.cat([there, torch.zeros_like(change)], 2)
        state = torch.cat([features[-1:].flatten(1), luma[-1:].flatten(1), torch.ones_like(state_in[:, -1:])], 1)
        return self.connect(raw), self.connect(still), self.embedding(there), state

    def fold(self):
        return folded(self)
