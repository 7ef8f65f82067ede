"""Other looks of the same pictures: another place and size, other colours, noise. All frames of a clip get the same look, so that
what did not change still does not."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vision import HEIGHT, WIDTH

NOISE = 3  # at most, of 255


@dataclass(frozen=True)
class Look:
    """A point p of the old picture is at (p - (left, top)) * scale of the new one."""

    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0
    gamma: float = 1.0
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)    # of each channel, around the middle
    offset: float = 0.0                                    # of 255
    channels: tuple[int, int, int] = (0, 1, 2)
    inverted: bool = False                                 # but not a blank screen
    grey: bool = False
    noisy: bool = False

    @property
    def moved(self) -> bool:
        return (self.scale, self.left, self.top) != (1.0, 0.0, 0.0)

    @property
    def tinted(self) -> bool:
        return (self.gamma, self.gains, self.offset) != (1.0, (1.0, 1.0, 1.0), 0.0)


def any_look(random: np.random.Generator) -> Look:
    chosen = {}
    if random.random() < 0.6:
        scale = random.uniform(0.86, 1.1) if random.random() < 0.6 else 1.0
        left, top = (WIDTH - WIDTH / scale) / 2 + random.uniform(-16, 16), (HEIGHT - HEIGHT / scale) / 2 + random.uniform(-12, 12)
        chosen |= {'scale': scale, 'left': left, 'top': top}
    if random.random() < 0.65:
        gains = tuple(random.uniform(0.78, 1.17) * random.uniform(0.94, 1.06, 3))
        chosen |= {'gamma': random.uniform(0.7, 1.45), 'gains': gains, 'offset': random.uniform(-18, 18)}
    if random.random() < 0.3:
        chosen['channels'] = tuple(random.permutation(3).tolist())
    return Look(**chosen, inverted=random.random() < 0.12, grey=random.random() < 0.07, noisy=random.random() < 0.15)


def show(pictures: Tensor, looks: list[Look]) -> Tensor:
    """Pictures uint8 [N, 240, 384, 3], each in its look, as the encoder wants them: float [N, 3, 240, 384] in -1..1."""
    x = pictures.permute(0, 3, 1, 2).float()
    which = lambda flag: [i for i, look in enumerate(looks) if flag(look)]
    column = lambda values: torch.tensor(values, dtype=torch.float32, device=x.device)[:, None, None, None]
    dark = x.amax((1, 2, 3)) <= 60
    if some := which(lambda look: look.moved):
        x[some] = move(x[some], [looks[i] for i in some])
    if some := which(lambda look: look.tinted):
        given = [looks[i] for i in some]
        gains = torch.tensor([look.gains for look in given], dtype=torch.float32, device=x.device)[:, :, None, None]
        tinted = (x[some] / 255) ** column([look.gamma for look in given]) * 255
        x[some] = ((tinted - 128) * gains + 128 + column([look.offset for look in given])).clamp(0, 255).floor()
    if some := which(lambda look: look.channels != (0, 1, 2)):
        order = torch.tensor([looks[i].channels for i in some], device=x.device)
        x[some] = x[some].gather(1, order[:, :, None, None].expand(-1, -1, HEIGHT, WIDTH))
    if some := which(lambda look: look.inverted):
        x[some] = torch.where(dark[some][:, None, None, None], x[some], 255 - x[some])
    if some := which(lambda look: look.grey):
        x[some] = x[some].mean(1, keepdim=True).floor().expand(-1, 3, -1, -1)
    if some := which(lambda look: look.noisy):
        x[some] = (x[some] + torch.randint_like(x[some], -NOISE, NOISE + 1)).clamp(0, 255)
    return x * (2 / 255) - 1


def move(x: Tensor, looks: list[Look]) -> Tensor:
    """Pictures [N, 3, H, W] at another place and size; black beside them."""
    placed = torch.tensor([[look.scale, look.left, look.top] for look in looks], dtype=torch.float32, device=x.device)
    scale, left, top = placed.T[:, :, None]                                                     # [N, 1] each
    columns = (torch.arange(WIDTH, device=x.device) + 0.5)[None] / scale + left                 # [N, W] in the old picture
    rows = (torch.arange(HEIGHT, device=x.device) + 0.5)[None] / scale + top                    # [N, H]
    grid = torch.stack([
        (columns / WIDTH * 2 - 1)[:, None, :].expand(-1, HEIGHT, -1), (rows / HEIGHT * 2 - 1)[:, :, None].expand(-1, -1, WIDTH),
    ], 3)
    return F.grid_sample(x, grid, align_corners=False).round()
