/**
 * What a GGUF file says of its model, checked before llama.cpp acts on it: llama.cpp refuses much of what is wrong, but
 * ends the process over the rest. Ranges hold for every architecture; shapes are known for those of the llama family.
 */
import { basename } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import type { GgufHeader, GgufTensor } from './gguf-header.ts';
import { hasKernels } from './gguf-types.ts';

/** Ranges of the numbers under the architecture's name, both ends included. Some may be lists with a number a layer. */
const ranges: Readonly<Record<string, readonly [least: number, most: number]>> = {
  block_count: [1, 1000],
  context_length: [1, 2 ** 30],
  embedding_length: [1, 2 ** 17],
  feed_forward_length: [1, 2 ** 20],
  'attention.head_count': [1, 4096],
  'attention.head_count_kv': [0, 4096],
  'attention.key_length': [1, 4096],
  'attention.value_length': [1, 4096],
  'attention.layer_norm_rms_epsilon': [1e-12, 1],
  'attention.layer_norm_epsilon': [1e-12, 1],
  'rope.dimension_count': [1, 4096],
  'rope.freq_base': [1, 1e12],
  'rope.scaling.factor': [1e-6, 1e6],
  vocab_size: [1, 2 ** 24],
};

/** Architectures whose blocks have the tensors of `blockShapes`. */
const llamaFamily = ['llama', 'qwen2', 'qwen3', 'mistral3', 'smollm3'];

/** Checks a language model's header. @throws OnlookerError `bundle-invalid` */
export function checkGgufModel(header: GgufHeader, path: string): void {
  const refuse = refusing(path);
  for (const [key, value] of header.metadata) {
    const name = key.startsWith(`${header.architecture}.`) ? key.slice(header.architecture.length + 1) : undefined;
    if (name !== undefined) checkNumbers(name, numbersIn(value), refuse);
  }
  checkTokenizer(header, refuse);
  for (const [name, tensor] of header.tensors) {
    if (!hasKernels(tensor.type)) refuse(`tensor ${name} has type ${tensor.type}, which nothing can be computed with`);
  }
  if (llamaFamily.includes(header.architecture)) checkFamily(header, refuse);
}

/** Checks the header of a LoRA adapter over a model. @throws OnlookerError `bundle-invalid` */
export function checkGgufAdapter(adapter: GgufHeader, model: GgufHeader, path: string): void {
  const refuse = refusing(path);
  const alpha = adapter.metadata.get('adapter.lora.alpha');
  if (alpha !== undefined && adapter.types.get('adapter.lora.alpha') !== 'float32') refuse('its alpha is no float32');
  checkNumbers('adapter.lora.alpha', numbersIn(alpha), refuse);
  for (const [name, { type }] of adapter.tensors) {
    const [, base = '', part] = /^(.+)\.lora_([ab])$/.exec(name) ?? refuse(`${name} is no tensor of an adapter`);
    const other = adapter.tensors.get(`${base}.lora_${part === 'a' ? 'b' : 'a'}`);
    if (!other || !model.tensors.has(base)) refuse(`tensor ${name} belongs to nothing in the model`);
    if (!['f32', 'f16', 'bf16'].includes(type)) refuse(`tensor ${name} has type ${type}`);
  }
}

type Refuse = (what: string) => never;

function checkNumbers(name: string, numbers: readonly number[], refuse: Refuse): void {
  const [least, most] = ranges[name] ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
  const wrong = numbers.find((value) => !(value >= least && value <= most));
  if (wrong !== undefined) refuse(`${name} is ${wrong}, and must be from ${least} to ${most}`);
}

/** Lists beside the vocabulary that llama.cpp reads without looking at their type or length. */
function checkTokenizer({ metadata, types, vocabularySize }: GgufHeader, refuse: Refuse): void {
  const lists = { tokens: 'text', scores: 'float32', token_type: 'int32', merges: 'text' };
  for (const [name, type] of Object.entries(lists)) {
    const key = `tokenizer.ggml.${name}`;
    const list = metadata.get(key);
    if (list === undefined) continue;
    if (typeof list !== 'object' || types.get(key) !== `list of ${type}`) refuse(`${key} is no list of ${type}`);
    if (name !== 'merges' && list.length !== vocabularySize) {
      refuse(`${key} has ${list.length} entries for ${vocabularySize} tokens`);
    }
  }
  const { 'tokenizer.ggml.model': kind } = Object.fromEntries(metadata);
  if (typeof kind !== 'string' || ['none', 'no_vocab'].includes(kind)) refuse('it has no tokenizer');
  if (kind === 'gpt2' && !metadata.has('tokenizer.ggml.merges')) refuse('its tokenizer has no merges');
  if (kind === 'llama' && !metadata.has('tokenizer.ggml.scores')) refuse('its tokenizer has no scores');
}

function checkFamily(header: GgufHeader, refuse: Refuse): void {
  const number = (key: string, otherwise = Number.NaN): number => {
    const value = header.metadata.get(`${header.architecture}.${key}`) ?? otherwise;
    return typeof value === 'number' ? value : Number.NaN; // a number a layer: shapes differ, llama.cpp compares them
  };
  const heads = number('attention.head_count');
  const width = header.embeddingWidth;
  const key = number('attention.key_length', width / heads);
  const sizes: Sizes = {
    ...{ width, vocabulary: header.vocabularySize, hidden: number('feed_forward_length'), key, heads },
    keyHeads: number('attention.head_count_kv', heads),
    value: number('attention.value_length', width / heads),
  };
  const layers = number('block_count');
  if (!Number.isInteger(key)) refuse(`embedding_length ${width} cannot be divided by ${heads} heads`);
  if (heads % sizes.keyHeads !== 0) refuse(`${heads} heads cannot share ${sizes.keyHeads} heads of keys`);
  if (number('rope.dimension_count', key) > key) refuse(`rope.dimension_count is above ${key}, the length of a key`);
  const fits = (name: string, tensor: GgufTensor | undefined, shape: readonly number[], needed: boolean) => {
    if (!tensor) return needed ? refuse(`it has no tensor ${name}`) : undefined;
    const same = tensor.shape.every((length, i) => length === (shape[i] ?? 1) || Number.isNaN(shape[i]));
    if (!same || tensor.shape.length < shape.length) {
      refuse(`tensor ${name} is [${tensor.shape.join(', ')}], and must be [${shape.join(', ')}]`);
    }
    if (shape.length === 1 && tensor.type !== 'f32') refuse(`tensor ${name} has type ${tensor.type}, and must be f32`);
  };
  for (const [name, [shape, needed]] of Object.entries(modelShapes(sizes))) {
    fits(name, header.tensors.get(name), shape, needed);
  }
  const blocks = new Set([...header.tensors.keys()].flatMap((name) => /^blk\.(\d+)\./.exec(name)?.[1] ?? []));
  if (blocks.size !== layers) refuse(`block_count is ${layers}, and it has tensors of ${blocks.size} blocks`);
  for (let layer = 0; layer < layers; layer++) {
    for (const [part, [shape, needed]] of Object.entries(blockShapes(sizes))) {
      const name = `blk.${layer}.${part}`;
      fits(name, header.tensors.get(name), shape, needed && !isMixture(header, layer));
    }
  }
}

interface Sizes {
  readonly width: number;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly key: number;
  readonly value: number;
}

/** The shapes of tensors, fastest-moving dimension first, and whether each has to be there. */
type Shapes = Readonly<Record<string, readonly [shape: readonly number[], needed: boolean]>>;

function modelShapes({ width, vocabulary }: Sizes): Shapes {
  return {
    'token_embd.weight': [[width, vocabulary], true],
    'output_norm.weight': [[width], true],
    'output.weight': [[width, vocabulary], false],
  };
}

function blockShapes({ width, hidden, heads, keyHeads, key, value }: Sizes): Shapes {
  return {
    'attn_norm.weight': [[width], true],
    'attn_q.weight': [[width, heads * key], true],
    'attn_k.weight': [[width, keyHeads * key], true],
    'attn_v.weight': [[width, keyHeads * value], true],
    'attn_output.weight': [[heads * value, width], true],
    'attn_q.bias': [[heads * key], false],
    'attn_k.bias': [[keyHeads * key], false],
    'attn_v.bias': [[keyHeads * value], false],
    'attn_output.bias': [[width], false],
    'attn_q_norm.weight': [[key], false],
    'attn_k_norm.weight': [[key], false],
    'ffn_norm.weight': [[width], true],
    'ffn_gate.weight': [[width, hidden], true],
    'ffn_up.weight': [[width, hidden], true],
    'ffn_down.weight': [[hidden, width], true],
  };
}

/** True if this block has experts in the place of one feed-forward network. */
function isMixture({ tensors }: GgufHeader, layer: number): boolean {
  return tensors.has(`blk.${layer}.ffn_gate_inp.weight`);
}

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null && 'values' in value ? (value.values as readonly number[]) : [];
}

function refusing(path: string): Refuse {
  return (what) => {
    const message = `${basename(path)} is not usable: ${what}. Choose another model file.`;
    throw new OnlookerError('bundle-invalid', message);
  };
}
