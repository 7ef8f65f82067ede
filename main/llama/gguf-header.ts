/**
 * A look at a GGUF file before native code sees it: that it is one, that it is whole (every tensor's bytes lie inside
 * the file), and what it says about itself. llama.cpp maps the file into memory; a file that is cut short would end
 * the process, not the call.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { EndOfFile, FileCursor } from './gguf-cursor.ts';
import { fileTypeName, tensorType } from './gguf-types.ts';

export interface GgufTensor {
  /** Type name ("f16"). */
  readonly type: string;
  /** Dimensions, the fastest-moving first, as ggml counts them. */
  readonly shape: readonly number[];
  /** Where its data starts in the file, in bytes, and how many there are. */
  readonly offset: number;
  readonly bytes: number;
}

/** A list in the metadata: its values when it is short and of numbers, always its length. */
export interface GgufList {
  readonly length: number;
  readonly values?: readonly number[];
}

export type GgufValue = number | boolean | string | GgufList;

export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** The type of each of them: "float32", "text", "list of text". */
  readonly types: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  readonly architecture: string;
  /** Type of most weights ("f16", "q8_0"); "unknown" if the file does not say. */
  readonly quantisation: string;
  /** 0 where the file does not say. */
  readonly vocabularySize: number;
  readonly embeddingWidth: number;
  readonly contextLength: number;
  /** Positions have several axes (time, height, width), so that they cannot be shifted. */
  readonly multiAxisRope: boolean;
}

/** Elements of one dimension of a tensor; more would not fit any machine. */
const largestDimension = 2 ** 40;
/** Longer lists (vocabularies) are skipped over. */
const keptValues = 64;

/**
 * Reads and checks the header of a GGUF file. Throws `bundle-missing` if there is no such file, `bundle-corrupt` if it
 * is not GGUF or not whole, `bundle-invalid` if this version cannot use it.
 */
export function readGgufHeader(path: string): GgufHeader {
  const file = open(path);
  try {
    return parse(new FileCursor(file, fstatSync(file).size), path);
  } catch (cause) {
    if (!(cause instanceof EndOfFile)) throw cause;
    throw corrupt(path, 'it ends in the middle of its header', { cause });
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new OnlookerError('bundle-missing', `The model file ${path} cannot be opened. Install the bundle again.`, {
      cause,
    });
  }
}

function parse(cursor: FileCursor, path: string): GgufHeader {
  if (cursor.size < 4 || cursor.uint32() !== 0x46554747) throw corrupt(path, 'it is not a GGUF file');
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) throw invalid(path, `GGUF version ${version} is not supported`);
  const tensorCount = cursor.uint64();
  const entryCount = cursor.uint64();

  const metadata = new Map<string, GgufValue>();
  const types = new Map<string, string>();
  for (let i = 0; i < entryCount; i++) {
    const key = cursor.text();
    if (metadata.has(key)) throw corrupt(path, `${key} is in it twice`);
    const type = cursor.uint32();
    const [found, name] = type === listType ? list(cursor, path) : [value(cursor, type, path), typeName(type)];
    metadata.set(key, found);
    types.set(key, name);
  }
  const number = (key: string): number => {
    const found = metadata.get(key);
    return typeof found === 'number' ? found : 0;
  };
  if (number('split.count') > 1) throw invalid(path, 'it is one part of a model that was split over several files');

  const alignment = metadata.has('general.alignment') ? number('general.alignment') : 32;
  if (!(alignment > 0 && Number.isInteger(Math.log2(alignment)))) throw corrupt(path, `its alignment is ${alignment}`);
  const tensors = tensorTable(cursor, tensorCount, alignment, path);

  const architecture = metadata.get('general.architecture');
  if (typeof architecture !== 'string') throw corrupt(path, 'it does not name its architecture');
  const tokens = metadata.get('tokenizer.ggml.tokens');
  const sections = metadata.get(`${architecture}.rope.dimension_sections`);
  return {
    metadata,
    types,
    tensors,
    architecture,
    quantisation: fileTypeName(number('general.file_type')) ?? 'unknown',
    vocabularySize: typeof tokens === 'object' ? tokens.length : number(`${architecture}.vocab_size`),
    embeddingWidth: number(`${architecture}.embedding_length`),
    contextLength: number(`${architecture}.context_length`),
    multiAxisRope: typeof sections === 'object' && (sections.values?.some((length) => length > 0) ?? true),
  };
}

function tensorTable(cursor: FileCursor, count: number, alignment: number, path: string): Map<string, GgufTensor> {
  const found: { name: string; shape: number[]; typeId: number; offset: number }[] = [];
  for (let i = 0; i < count; i++) {
    const name = cursor.text();
    const dimensions = cursor.uint32();
    if (dimensions > 4) throw corrupt(path, `tensor ${name} has ${dimensions} dimensions`);
    const shape = Array.from({ length: dimensions }, cursor.uint64);
    if (shape.some((length) => length < 1 || length > largestDimension)) {
      throw corrupt(path, `tensor ${name} is [${shape.join(', ')}]`);
    }
    found.push({ name, shape, typeId: cursor.uint32(), offset: cursor.uint64() });
  }
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const { name, shape, typeId, offset } of found) {
    const type = tensorType(typeId);
    if (type === undefined) throw invalid(path, `tensor ${name} has a type this version does not know (${typeId})`);
    const bytes = type.bytes(shape.reduce((product, length) => product * length, 1));
    if (tensors.has(name)) throw corrupt(path, `tensor ${name} is in it twice`);
    if (offset % alignment !== 0) throw corrupt(path, `tensor ${name} is not aligned`);
    if (!(dataStart + offset + bytes <= cursor.size)) {
      throw corrupt(
        path,
        `it is cut short: tensor ${name} ends at byte ${dataStart + offset + bytes} of ${cursor.size}`,
      );
    }
    tensors.set(name, { type: type.name, shape, offset: dataStart + offset, bytes });
  }
  return tensors;
}

const listType = 9;
const textType = 8;

/** Readers of the scalar types by their number in the format, and how many bytes each takes. */
const scalars: Readonly<
  Record<number, readonly [bytes: number, name: string, read: (cursor: FileCursor) => number | boolean]>
> = {
  0: [1, 'uint8', (cursor) => cursor.uint8()],
  1: [1, 'int8', (cursor) => cursor.int8()],
  2: [2, 'uint16', (cursor) => cursor.uint16()],
  3: [2, 'int16', (cursor) => cursor.int16()],
  4: [4, 'uint32', (cursor) => cursor.uint32()],
  5: [4, 'int32', (cursor) => cursor.int32()],
  6: [4, 'float32', (cursor) => cursor.float32()],
  7: [1, 'bool', (cursor) => cursor.uint8() !== 0],
  10: [8, 'uint64', (cursor) => cursor.uint64()],
  11: [8, 'int64', (cursor) => cursor.int64()],
  12: [8, 'float64', (cursor) => cursor.float64()],
};

function typeName(type: number): string {
  return type === textType ? 'text' : (scalars[type]?.[1] ?? 'unknown');
}

function value(cursor: FileCursor, type: number, path: string): GgufValue {
  if (type === textType) return cursor.text();
  const scalar = scalars[type];
  if (scalar === undefined) throw corrupt(path, `its metadata has a value of unknown type ${type}`);
  return scalar[2](cursor);
}

function list(cursor: FileCursor, path: string): [list: GgufList, type: string] {
  const type = cursor.uint32();
  const length = cursor.uint64();
  const name = `list of ${typeName(type)}`;
  if (type === textType) {
    for (let i = 0; i < length; i++) cursor.skip(cursor.uint64());
    return [{ length }, name];
  }
  const scalar = scalars[type];
  if (scalar === undefined) throw corrupt(path, `its metadata has a list of unknown type ${type}`);
  if (length > keptValues) {
    cursor.skip(length * scalar[0]);
    return [{ length }, name];
  }
  return [{ length, values: Array.from({ length }, () => Number(scalar[2](cursor))) }, name];
}

function corrupt(path: string, what: string, options?: ErrorOptions): OnlookerError {
  const message = `${basename(path)} is not a usable model file: ${what}. Install the bundle again.`;
  return new OnlookerError('bundle-corrupt', message, options);
}

function invalid(path: string, what: string): OnlookerError {
  return new OnlookerError('bundle-invalid', `${basename(path)} cannot be used: ${what}. Choose another model file.`);
}
