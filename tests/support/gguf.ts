/** Takes a GGUF file apart and puts it together again with something changed, so that offsets and counts still fit. */

export interface GgufParts {
  /** Metadata in order; `value` is as it stands in the file. */
  entries: { key: string; type: number; value: Buffer }[];
  tensors: { name: string; shape: bigint[]; type: number; data: Buffer }[];
}

export const ggufType = { uint32: 4, int32: 5, float32: 6, bool: 7, text: 8, list: 9 } as const;
const scalarBytes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const alignment = 32;

export function takeApart(file: Buffer): GgufParts {
  let at = 24;
  const take = (bytes: number) => {
    at += bytes;
    return at - bytes;
  };
  const uint32 = () => file.readUInt32LE(take(4));
  const uint64 = () => file.readBigUInt64LE(take(8));
  const text = () => {
    const length = Number(uint64());
    return file.toString('utf8', take(length), at);
  };
  const skip = (type: number) => {
    if (type === ggufType.text) text();
    else if (type === ggufType.list) {
      const element = uint32();
      const length = Number(uint64());
      for (let i = 0; i < length; i++) skip(element);
    } else at += scalarBytes[type]!;
  };
  const tensorCount = Number(file.readBigUInt64LE(8));
  const entryCount = Number(file.readBigUInt64LE(16));
  const entries = Array.from({ length: entryCount }, () => {
    const [key, type] = [text(), uint32()];
    const from = at;
    skip(type);
    return { key, type, value: file.subarray(from, at) };
  });
  const heads = Array.from({ length: tensorCount }, () => {
    const name = text();
    const shape = Array.from({ length: uint32() }, uint64);
    return { name, shape, type: uint32(), offset: Number(uint64()) };
  });
  const start = Math.ceil(at / alignment) * alignment;
  const tensors = heads.map(({ offset, ...head }, i) => {
    const end = heads[i + 1]?.offset ?? file.length - start;
    return { ...head, data: file.subarray(start + offset, start + end) };
  });
  return { entries, tensors };
}

export function putTogether({ entries, tensors }: GgufParts): Buffer {
  const parts: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(entries.length)];
  for (const { key, type, value } of entries) parts.push(ggufText(key), u32(type), value);
  let offset = 0;
  for (const { name, shape, type, data } of tensors) {
    parts.push(ggufText(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset));
    offset += padded(data).length;
  }
  return Buffer.concat([padded(Buffer.concat(parts)), ...tensors.map(({ data }) => padded(data))]);
}

/** The file with another value at a key, which may have another type. */
export function withEntry(file: Buffer, key: string, type: number, value: Buffer): Buffer {
  const parts = takeApart(file);
  parts.entries = parts.entries.map((entry) => (entry.key === key ? { key, type, value } : entry));
  return putTogether(parts);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

export function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

export function ggufText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((alignment - (bytes.length % alignment)) % alignment)]);
}
