"""Model bundles: writes `language.gguf`, `vision.onnx`, `close-up.onnx`, `text.onnx` and `bundle.json`, and reads the weights
back out of them.

What is read back is what is shipped (f16 matrices, folded convolutions), so a comparison needs no checkpoint.
"""

import hashlib
import json
import warnings
from pathlib import Path

import no_telemetry  # before what PyTorch's exporter may load

import gguf
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer

import tokenizer as words
from close_up import CONFIG, CloseUp
from language import Language, LanguageConfig
from text_tower import TextTower
from vision import HEIGHT, TOKENS, WIDTH, Vision, VisionConfig

TYPES = {'f16': gguf.GGMLQuantizationType.F16, 'q8_0': gguf.GGMLQuantizationType.Q8_0}  # of matrices, by the file's name for itself


def write_vision(path: Path, vision: Vision):
    """The folded vision graph; initialisers keep the names of the parameters."""
    pixels = torch.zeros(2, HEIGHT, WIDTH, 3, dtype=torch.uint8)
    state = torch.zeros(1, vision.config.state)
    outputs = ['tokens', 'still_tokens', 'embedding', 'state_out']
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            vision, (pixels, state), str(path), input_names=['pixels', 'state_in'], output_names=outputs,
            dynamic_axes={name: {0: 'N'} for name in ['pixels', *outputs[:3]]}, opset_version=17, dynamo=False,
        )


def write_close_up(path: Path, close_up: CloseUp):
    """The folded graph of a closer look: `pixels` to `tokens`."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            close_up, (torch.zeros(2, HEIGHT, WIDTH, 3, dtype=torch.uint8),), str(path), input_names=['pixels'], output_names=['tokens'],
            dynamic_axes={'pixels': {0: 'N'}, 'tokens': {0: 'N'}}, opset_version=17, dynamo=False,
        )
    keep_half(path)


def keep_half(path: Path):
    """Stores a graph's weights as f16, half the size; they are made f32 again when it is loaded."""
    model = onnx.load(str(path))
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < 1024:
            continue
        name, half = tensor.name, numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(half, f'{name}.half'))
        casts.append(onnx.helper.make_node('Cast', [f'{name}.half'], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def read_close_up(path: Path) -> CloseUp:
    weights = {}
    for tensor in onnx.load(str(path)).graph.initializer:
        weights[tensor.name.removesuffix('.half')] = torch.from_numpy(numpy_helper.to_array(tensor).astype(np.float32))
    close_up = CloseUp(CONFIG).fold()
    close_up.load_state_dict({name: weights[name] for name in close_up.state_dict()})
    return close_up


def write_text(path: Path, text: TextTower):
    """The text tower: `ids` int64 [N, T], padded with <|pad|>, to `embedding` [N, E]."""
    ids = torch.tensor([[words.BOS, words.PAD, words.PAD], [words.BOS, words.EOS, words.USER]])
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            text.eval(), (ids,), str(path), input_names=['ids'], output_names=['embedding'],
            dynamic_axes={'ids': {0: 'N', 1: 'T'}, 'embedding': {0: 'N'}}, opset_version=17, dynamo=False,
        )


def read_vision(path: Path) -> Vision:
    weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in onnx.load(str(path)).graph.initializer}
    channels, blocks = [], []
    for stage in range(3):
        channels.append(weights[f'encoder.stages.{stage}.enter.weight'].shape[0])
        blocks.append(sum(name.startswith(f'encoder.stages.{stage}.blocks.') and name.endswith('.first.weight') for name in weights))
    config = VisionConfig(
        tuple(channels), tuple(blocks), weights['appearance.enter.weight'].shape[0], weights['transition.enter.weight'].shape[0],
        embedding=weights['embed.weight'].shape[1], hidden=weights['first.weight'].shape[1], out=weights['second.weight'].shape[1],
    )
    vision = Vision(config).fold()
    vision.load_state_dict({name: weights[name] for name in vision.state_dict()})
    return vision


def stored(matrix: np.ndarray, quantisation: str) -> np.ndarray:
    """A matrix f32 [outer, inner] as a file of this quantisation holds it: f16, or blocks of 32 eight-bit weights with a scale."""
    return matrix.astype(np.float16) if quantisation == 'f16' else gguf.quants.quantize(matrix, TYPES[quantisation])


def restored(matrix: np.ndarray, kind: gguf.GGMLQuantizationType) -> np.ndarray:
    return gguf.quants.dequantize(matrix, kind).astype(np.float32)


def begin(
    path: Path, name: str, *, context: int, width: int, layers: int, inner: int, heads: int, kv_heads: int, head: int,
    base: float, eps: float, quantisation: str = 'f16',
) -> gguf.GGUFWriter:
    """A file of a Llama of this shape; its vocabulary and tensors follow, then `finish`."""
    writer = gguf.GGUFWriter(str(path), 'llama')
    writer.add_name(name)
    writer.add_file_type(gguf.LlamaFileType[f'MOSTLY_{quantisation.upper()}'])
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(base)
    writer.add_layer_norm_rms_eps(eps)
    return writer


def write_language(path: Path, language: Language, tokenizer: Tokenizer, name: str, quantisation: str = 'f16'):
    config = language.config
    writer = begin(
        path, name, context=config.context, width=config.width, layers=config.layers, inner=config.inner, heads=config.heads,
        kv_heads=config.heads, head=config.width // config.heads, base=config.base, eps=config.eps, quantisation=quantisation,
    )
    write_vocabulary(writer, tokenizer, config.vocabulary)
    for key, tensor in language.state_dict().items():  # names are GGUF's own: blk.0.attn_q.weight, ...
        array = tensor.detach().float().numpy()
        kind = TYPES[quantisation] if array.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(key, stored(array, quantisation) if array.ndim == 2 else array, raw_dtype=kind)
    finish(writer)


def write_vocabulary(writer: gguf.GGUFWriter, tokenizer: Tokenizer, size: int):
    """This project's tokenizer, filled up to `size` entries."""
    vocabulary = {index: token for token, index in tokenizer.get_vocab().items()}
    tokens = [vocabulary.get(index, f'<|unused_{index}|>') for index in range(size)]
    special, filled = len(words.SPECIAL), len(vocabulary)
    control, normal, unused = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL, gguf.TokenType.UNUSED
    writer.add_vocab_size(size)
    writer.add_tokenizer_model('gpt2')
    writer.add_tokenizer_pre('gpt-2')
    writer.add_token_list(tokens)
    writer.add_token_types([control if i < special else normal if i < filled else unused for i in range(size)])
    merges = json.loads(tokenizer.to_str())['model']['merges']
    writer.add_token_merges([' '.join(merge) for merge in merges])
    writer.add_bos_token_id(words.BOS)
    writer.add_eos_token_id(words.EOS)
    writer.add_pad_token_id(words.PAD)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)


def finish(writer: gguf.GGUFWriter):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_language(path: Path) -> tuple[Language, Tokenizer]:
    reader = gguf.GGUFReader(str(path))
    field = lambda key: reader.get_field(key).contents()
    config = LanguageConfig(
        vocabulary=len(field('tokenizer.ggml.tokens')), width=field('llama.embedding_length'), layers=field('llama.block_count'),
        heads=field('llama.attention.head_count'), inner=field('llama.feed_forward_length'), context=field('llama.context_length'),
        base=field('llama.rope.freq_base'), eps=field('llama.attention.layer_norm_rms_epsilon'),
    )
    language = Language(config).eval()
    language.load_state_dict({tensor.name: torch.from_numpy(restored(tensor.data, tensor.tensor_type)) for tensor in reader.tensors})
    return language, words.restore(field('tokenizer.ggml.tokens'), field('tokenizer.ggml.merges'))


def as_shipped(language: Language, quantisation: str = 'f16') -> Language:
    """Rounds matrices in place to what the GGUF file of this quantisation will hold."""
    for parameter in language.parameters():
        if parameter.dim() == 2:
            data = stored(parameter.data.float().numpy(), quantisation)
            parameter.data = torch.from_numpy(restored(data, TYPES[quantisation]))
    return language


def describe(path: Path) -> dict:
    with open(path, 'rb') as file:  # in pieces: a large model does not fit into memory twice
        return {'path': path.name, 'bytes': path.stat().st_size, 'sha256': hashlib.file_digest(file, 'sha256').hexdigest()}


def write_bundle(
    folder: Path, vision: Vision, language: Language, tokenizer: Tokenizer, manifest: dict, text: TextTower | None = None,
    thetas: dict[str, float] | None = None, close_up: CloseUp | None = None,
):
    """Writes the folder. `manifest` holds what the weights do not say: name, version, gate, decision, limits, ...
    With a closer look there is `close-up.onnx`, with a text tower there are `text.onnx` and `tokenizer.json` as well. `thetas`:
    further quantisations of the language model, each with its own calibration; bundle.q8_0.json is the same bundle with
    language.q8_0.gguf."""
    folder.mkdir(parents=True, exist_ok=True)
    write_vision(folder / 'vision.onnx', vision)
    write_language(folder / 'language.gguf', language, tokenizer, manifest['name'])
    files = {'language': 'language.gguf', 'vision': 'vision.onnx'}
    if close_up:
        write_close_up(folder / 'close-up.onnx', close_up)
        files |= {'closeUp': 'close-up.onnx'}
    if text:
        write_text(folder / 'text.onnx', text)
        tokenizer.save(str(folder / 'tokenizer.json'))
        files |= {'text': 'text.onnx', 'tokenizer': 'tokenizer.json'}
    config = vision.config
    document = {
        'format': 1,
        **{key: manifest[key] for key in ('name', 'version', 'licence', 'provenance', 'languages')},
        **{key: manifest[key] for key in ('scripts', 'understands', 'captionWords', 'sentences') if key in manifest},
        'files': {role: describe(folder / name) for role, name in files.items()},
        'fps': 2,
        'frame': {'width': WIDTH, 'height': HEIGHT, 'fit': 'letterbox'},
        'vision': {'tokensPerFrame': TOKENS, 'tokenWidth': config.out, 'embeddingWidth': config.embedding, 'stateWidth': config.state},
        'gate': manifest['gate'],
        'protocol': words.PROTOCOL,
        'systemPrompt': '',
        'instruction': words.INSTRUCTION | manifest['instruction'],
        **{key: manifest[key] for key in ('decision', 'window', 'limits', 'limitsIn')},
    }
    document['decision']['calibration'] |= thetas or {}
    write_json(folder / 'bundle.json', document)
    for quantisation, theta in (thetas or {}).items():
        path = folder / f'language.{quantisation}.gguf'
        write_language(path, language, tokenizer, manifest['name'], quantisation)
        other = {'files': document['files'] | {'language': describe(path)}, 'decision': document['decision'] | {'theta': theta}}
        write_json(folder / f'bundle.{quantisation}.json', document | other)


def write_json(path: Path, document: dict):
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + '\n', encoding='utf-8')
