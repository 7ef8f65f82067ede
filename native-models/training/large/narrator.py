"""A Hugging Face Llama with LoRA, a connector in front of it, and LIVE's loss.

The base model is frozen; what learns is LoRA on every projection and on the head (which decides on silence), and the connector.
Adapters are kept in the layout of the published one: PEFT's, with the connector beside it as `base_model.model.connector`.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from dialogue import DECISION, IGNORED, REPLY

TARGETS = r'model.*(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)|lm_head$'
PREFIX = 'base_model.model.'


def lora(rank: int = 128, alpha: int = 256, dropout: float = 0.05) -> LoraConfig:
    return LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules=TARGETS, bias='none', task_type='CAUSAL_LM')


def connector(vision_width: int, width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(vision_width, width), nn.GELU(), nn.Linear(width, width))  # GELU by erf, not by tanh


class Narrator(nn.Module):
    """What learns is kept in f32 and multiplied in the base model's type (autocast)."""

    def __init__(self, language: LlamaForCausalLM, vision_width: int, config: LoraConfig):
        super().__init__()
        self.dtype = language.dtype
        self.language = get_peft_model(language, config)  # freezes the base; A is random, B zero: nothing is changed yet
        self.connector = connector(vision_width, language.config.hidden_size)
        for parameter in self.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()

    @property
    def llama(self) -> LlamaForCausalLM:
        return self.language.base_model.model

    def states(self, tokens: Tensor, frames: Tensor) -> Tensor:
        """Tokens [B, T], -1 where a frame's embedding goes, and vision features [F, tokens a frame, C], to states [B, T, W].
        Padding is on the right, where causal attention keeps it from everything else: no mask."""
        model = self.llama.model
        x = model.embed_tokens(tokens.clamp(min=0))                                                   # [B, T, W]
        connected = self.connector(frames).flatten(0, 1).to(x.dtype)                                  # [F * tokens, W]
        x = x.masked_scatter((tokens < 0)[:, :, None], connected)
        return model(inputs_embeds=x, use_cache=False).last_hidden_state

    def forward(self, batch: dict[str, Tensor], weight: float) -> dict[str, Tensor]:
        """Sums over the targets of the batch: `loss` (frames weighted by `weight`), and figures without gradient. Only
        positions with a target pass the head: with 128,256 words its output is the largest tensor there is."""
        with torch.autocast(batch['tokens'].device.type, self.dtype, enabled=self.dtype != torch.float32):
            states = self.states(batch['tokens'], batch['raw'])
            chosen = batch['targets'] != IGNORED
            logits = self.llama.lm_head(states[chosen]).float()                                       # [P, vocabulary]
        targets, kinds = batch['targets'][chosen], batch['kinds'][chosen]
        each = F.cross_entropy(logits, targets, reduction='none')
        decision, reply = kinds == DECISION, kinds == REPLY
        with torch.no_grad():
            right = logits.argmax(1) == targets
        return {
            'loss': (each * torch.where(decision, weight, 1.0)).sum(),
            'reply': (each * reply).detach().sum(), 'replies': reply.sum(), 'reply_right': (right & reply).sum(),
            'decision': (each * decision).detach().sum(), 'decisions': decision.sum(), 'decision_right': (right & decision).sum(),
        }


# Adapters on disk ---------------------------------------------------------------------------------------------------

def published_name(name: str) -> str:
    """`language.base_model.model.lm_head.lora_A.default.weight` -> `base_model.model.lm_head.lora_A.weight`."""
    if name.startswith('connector.'):
        return PREFIX + name
    return name.removeprefix('language.').replace('.default.', '.')


def save_adapter(folder: Path, trained: dict[str, Tensor], config: LoraConfig):
    """`trained`: the parameters that learnt, whole, by their names in a Narrator."""
    folder.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(folder)
    path = folder / 'adapter_config.json'
    stated = json.loads(path.read_text())
    path.write_text(json.dumps({**stated, 'modules_to_save': ['connector']}, indent=2) + '\n')
    weights = {published_name(name): tensor.detach().cpu().contiguous() for name, tensor in trained.items()}
    save_file(weights, folder / 'adapter_model.safetensors')


def load_adapter(folder: Path) -> tuple[dict[str, tuple[Tensor, Tensor]], dict[str, Tensor], float]:
    """LoRA as {module: (A [r, in], B [out, r])}, the connector's weights {'0.weight', ...}, and alpha; all f32."""
    stored = load_file(folder / 'adapter_model.safetensors')
    weights = {name.removeprefix(PREFIX): tensor.float() for name, tensor in stored.items()}
    first, second = '.lora_A.weight', '.lora_B.weight'
    pairs = {
        name.removesuffix(first): (tensor, weights[name.removesuffix(first) + second])
        for name, tensor in weights.items() if name.endswith(first)
    }
    connected = {name.removeprefix('connector.'): tensor for name, tensor in weights.items() if name.startswith('connector.')}
    if not pairs or len(connected) != 4:
        found = f'{len(pairs)} LoRA pairs and {len(connected)} of 4 connector tensors'
        raise ValueError(f'{folder} holds {found}: no adapter of this kind.')
    return pairs, connected, float(json.loads((folder / 'adapter_config.json').read_text())['lora_alpha'])
