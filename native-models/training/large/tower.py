"""The frozen vision tower: frames to a few tokens each, before the connector.

Ten tokens a frame: [CLS, 9 cells], the map averaged to 3 x 3 cells, row by row. SigLIP's "CLS" is its attention-pooled output;
its map is taken after the last layer norm. CLIP has a class token, and its map goes through the same layer norm. One token a
frame is CLS alone.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import CLIPVisionModelWithProjection, SiglipVisionModel

CELLS = 3  # a side
CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]


class Tower(nn.Module):
    def __init__(self, model: nn.Module, tokens: int, mean: list[float], std: list[float]):
        super().__init__()
        if tokens not in (1, 1 + CELLS**2):
            raise ValueError(f'A frame has 1 or {1 + CELLS**2} tokens, not {tokens}.')
        self.model, self.tokens = model.eval().requires_grad_(False), tokens
        self.clip = isinstance(model, CLIPVisionModelWithProjection)
        self.size, self.width = model.config.image_size, model.config.hidden_size
        self.embedding_width = model.config.projection_dim if self.clip else self.width
        side = self.size // model.config.patch_size
        self.register_buffer('mean', torch.tensor(mean) * 255, persistent=False)
        self.register_buffer('scale', 1 / (torch.tensor(std) * 255), persistent=False)
        self.register_buffer('pooling', pooling(side), persistent=False)                              # [9, side * side]

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 [N, size, size, 3] to tokens [N, T, width] and unit-length embeddings [N, E]."""
        x = ((pixels.float() - self.mean) * self.scale).permute(0, 3, 1, 2)                           # [N, 3, size, size]
        if self.clip:
            vision = self.model.vision_model
            states = vision.post_layernorm(vision(pixel_values=x).last_hidden_state)                  # [N, 1 + P, width]
            first, places = states[:, 0], states[:, 1:]
            embedding = self.model.visual_projection(first)
        else:
            out = self.model(pixel_values=x)
            first, places, embedding = out.pooler_output, out.last_hidden_state, out.pooler_output
        tokens = first[:, None]
        if self.tokens > 1:
            tokens = torch.cat([tokens, self.pooling.to(places.dtype) @ places], 1)
        return tokens.float(), F.normalize(embedding.float(), dim=-1)


def pooling(side: int) -> Tensor:
    """The mean over each of 3 x 3 cells of a map, as a matrix [9, side * side]. Cells of an uneven map overlap by one place."""
    line = torch.zeros(CELLS, side)
    for cell in range(CELLS):
        start, stop = cell * side // CELLS, -(-(cell + 1) * side // CELLS)
        line[cell, start:stop] = 1 / (stop - start)
    return torch.kron(line, line)


def load_tower(folder: Path, tokens: int, dtype: torch.dtype = torch.float32) -> Tower:
    """A SigLIP or CLIP checkpoint (vision part, or both parts) in Hugging Face's layout."""
    kind = json.loads((folder / 'config.json').read_text())['model_type']
    if not kind.startswith(('siglip', 'clip')) or kind.startswith('siglip2'):
        raise ValueError(f'{folder} holds a {kind} model; SigLIP and CLIP are supported.')
    clip = kind.startswith('clip')
    model = (CLIPVisionModelWithProjection if clip else SiglipVisionModel).from_pretrained(folder, dtype=dtype)
    mean, std = (CLIP_MEAN, CLIP_STD) if clip else ([0.5] * 3, [0.5] * 3)
    processor = folder / 'preprocessor_config.json'
    if processor.exists():
        stated = json.loads(processor.read_text())
        mean, std = stated.get('image_mean', mean), stated.get('image_std', std)
    return Tower(model, tokens, mean, std)
