"""The text tower: puts a caption where the picture it describes is, in the embedding that both share (CLIP, arXiv 2103.00020).

Trained with the encoder (train_vision.py) and shipped as text.onnx, for searching frames by words.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tokenizer import PAD, SIZE

CAPTION = 40  # most tokens of a caption


class TextTower(nn.Module):
    """Two transformer layers over a caption; their mean over its tokens is the embedding."""

    def __init__(self, embedding: int, width: int = 128):
        super().__init__()
        self.words = nn.Embedding(SIZE, width)
        self.places = nn.Parameter(torch.randn(CAPTION, width) * 0.02)
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0, batch_first=True, norm_first=True, activation='gelu')
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.project = nn.Linear(width, embedding)

    def forward(self, ids: Tensor) -> Tensor:
        """Token ids int64 [N, T], at most 40 a row and padded with <|pad|> -> embeddings of unit length [N, E]."""
        padded = ids == PAD
        x = self.layers(self.words(ids) + self.places[:ids.shape[1]], src_key_padding_mask=padded)  # [N, T, W]
        x = x.masked_fill(padded[:, :, None], 0).sum(1) / (~padded).sum(1, keepdim=True)
        return F.normalize(self.project(x).float(), dim=1)                                           # [N, E]
