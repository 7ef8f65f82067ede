"""The weights of a bundle as a start for more training: vision.pt, language.pt, tokenizer.json and, where it has one, close-up.pt, as the
training scripts write them.

    python go_on.py ../bundles/desk-nano --out BEGIN

Bundles hold folded convolutions, so their normalisation is made one that changes nothing. The heads that train_vision.py needs for
its losses are not in a bundle: they begin anew, and want some steps before what they say is worth anything to the encoder. So do those
of train_close_up.py.
"""

import argparse
import shutil
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from bundle import read_close_up, read_language, read_vision
from close_up import CloseUp
from text_tower import TextTower
from train_language import Narrator
from train_vision import Student
from vision import Conv, Vision


def unfold(folded: nn.Module, model: nn.Module) -> nn.Module:
    """`model` with the weights of its `folded` twin. Its convolutions have a normalisation again, which changes nothing yet."""
    model.load_state_dict(folded.state_dict(), strict=False)
    for module in model.modules():
        if isinstance(module, Conv):
            module.norm.weight.data.fill_((1 + module.norm.eps) ** 0.5)
            module.norm.bias.data = module.bias.data.clone()
            module.bias.data.zero_()
    return model


def read_text(path: Path) -> TextTower:
    """The text tower. The matrices of its layers have lost their names: they are the constants of the graph's products, in order."""
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    tower = TextTower(embedding=len(stored['project.bias']), width=stored['words.weight'].shape[1])
    products = [stored[node.input[1]].T.contiguous() for node in graph.node if node.op_type == 'MatMul' and node.input[1] in stored]
    matrices = [f'layers.{layer}.{part}.weight' for layer in range(len(tower.layers)) for part in ('qkv', 'out', 'inner', 'outer')]
    tower.load_state_dict({name: stored[name] for name in tower.state_dict() if name not in matrices} | dict(zip(matrices, products, strict=True)))
    return tower


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('bundle', type=Path)
    parser.add_argument('--out', type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    folded = read_vision(options.bundle / 'vision.onnx')
    vision = unfold(folded, Vision(folded.config))
    student, (language, _) = Student(vision.config), read_language(options.bundle / 'language.gguf')
    student.vision, student.text = vision, read_text(options.bundle / 'text.onnx')
    narrator = Narrator(vision.config, language.config)
    narrator.connector.load_state_dict({name: value for name, value in vision.state_dict().items() if name in narrator.connector.state_dict()})
    narrator.language = language
    torch.save({'model': student.state_dict()}, options.out / 'vision.pt')
    torch.save({'model': narrator.state_dict()}, options.out / 'language.pt')
    if (options.bundle / 'close-up.onnx').exists():
        close_up = unfold(read_close_up(options.bundle / 'close-up.onnx'), CloseUp())
        torch.save({'model': {f'close.{name}': value for name, value in close_up.state_dict().items()}}, options.out / 'close-up.pt')
    shutil.copy(options.bundle / 'tokenizer.json', options.out / 'tokenizer.json')
