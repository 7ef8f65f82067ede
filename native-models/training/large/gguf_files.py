"""GGUF files in llama.cpp's naming: a LoRA adapter, and a base model with this project's tokenizer.

llama.cpp's "llama" rotates neighbouring pairs of a head's rows, Hugging Face pairs of its two halves: rows of q and k are
permuted, and with an adapter those of B, which makes the rows. A base with a tokenizer of its own (any published one) is
converted by llama.cpp's convert_hf_to_gguf.py instead.
"""

from pathlib import Path

import gguf
import numpy as np
from tokenizers import Tokenizer
from torch import Tensor
from transformers import LlamaConfig

from bundle import begin, finish, write_vocabulary

PARTS = {
    'self_attn.q_proj': 'attn_q', 'self_attn.k_proj': 'attn_k', 'self_attn.v_proj': 'attn_v', 'self_attn.o_proj': 'attn_output',
    'mlp.gate_proj': 'ffn_gate', 'mlp.up_proj': 'ffn_up', 'mlp.down_proj': 'ffn_down',
    'input_layernorm': 'attn_norm', 'post_attention_layernorm': 'ffn_norm',
}
OTHERS = {'model.embed_tokens': 'token_embd', 'model.norm': 'output_norm', 'lm_head': 'output'}


def gguf_name(module: str) -> str:
    """`model.layers.3.self_attn.q_proj` -> `blk.3.attn_q.weight`."""
    if module in OTHERS:
        return f'{OTHERS[module]}.weight'
    _, _, layer, part = module.split('.', 3)
    return f'blk.{layer}.{PARTS[part]}.weight'


def rows(module: str, tensor: Tensor, config: LlamaConfig) -> Tensor:
    """Rows [out, ...] in llama.cpp's order: of a head (x0 x1 .. y0 y1 ..) to (x0 y0 x1 y1 ..), for q and k."""
    heads = {'q_proj': config.num_attention_heads, 'k_proj': config.num_key_value_heads}.get(module.rsplit('.', 1)[-1])
    if heads is None:
        return tensor
    return tensor.reshape(heads, 2, tensor.shape[0] // heads // 2, -1).transpose(1, 2).reshape(tensor.shape)


def write_adapter(path: Path, pairs: dict[str, tuple[Tensor, Tensor]], alpha: float, config: LlamaConfig, name: str):
    """`pairs`: {module: (A [r, in], B [out, r])}. llama.cpp scales by alpha / r."""
    if config.tie_word_embeddings:
        raise ValueError('The base model has one matrix for words in and out, and an adapter changes only one: use --merge.')
    writer = gguf.GGUFWriter(str(path), 'llama')
    writer.add_type('adapter')
    writer.add_name(name)
    writer.add_string('adapter.type', 'lora')
    writer.add_float32('adapter.lora.alpha', alpha)
    for module, (a, b) in pairs.items():
        writer.add_tensor(f'{gguf_name(module)}.lora_a', a.float().numpy())
        writer.add_tensor(f'{gguf_name(module)}.lora_b', rows(module, b, config).float().contiguous().numpy())
    finish(writer)


def merge(weights: dict[str, Tensor], pairs: dict[str, tuple[Tensor, Tensor]], alpha: float):
    """W += alpha / r * B @ A in place, in f32, on Hugging Face's layout."""
    for module, (a, b) in pairs.items():
        weight = weights[f'{module}.weight']
        weight.copy_((weight.float() + alpha / len(a) * (b @ a)).to(weight.dtype))


def write_base(path: Path, weights: dict[str, Tensor], config: LlamaConfig, tokenizer: Tokenizer, name: str):
    """f16. For tiny engines: plain rotary positions, this project's tokenizer. The head is always written, also a tied one."""
    writer = begin(
        path, name, context=config.max_position_embeddings, width=config.hidden_size, layers=config.num_hidden_layers,
        inner=config.intermediate_size, heads=config.num_attention_heads, kv_heads=config.num_key_value_heads,
        head=config.head_dim, base=config.rope_parameters['rope_theta'], eps=config.rms_norm_eps,
    )
    write_vocabulary(writer, tokenizer, config.vocab_size)
    for key, tensor in weights.items():
        module = key.removesuffix('.weight')
        array = rows(module, tensor.detach(), config).float().contiguous().numpy()
        writer.add_tensor(gguf_name(module), array.astype(np.float16) if array.ndim == 2 else array)
    finish(writer)
