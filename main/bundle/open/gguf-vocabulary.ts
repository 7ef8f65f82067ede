import { closeSync, fstatSync, openSync } from 'node:fs';
import { FileCursor } from '../../llama/gguf-cursor.ts';

/** Bytes of a scalar by the number of its type in the format. */
const scalarBytes: Readonly<Record<number, number>> = {
  0: 1, // uint8
  1: 1, // int8
  2: 2, // uint16
  3: 2, // int16
  4: 4, // uint32
  5: 4, // int32
  6: 4, // float32
  7: 1, // bool
  10: 8, // uint64
  11: 8, // int64
  12: 8, // float64
};
const textType = 8;
const listType = 9;

/**
 * The texts of a GGUF file's vocabulary as they are stored, by token. Empty when the file has none. Only for a file
 * whose header has been checked (`readGgufHeader`): the vocabulary is long, so the header does not keep it. In 'latin1'
 * tokens stay apart that are not whole characters in UTF-8.
 */
export function readGgufVocabulary(path: string, encoding: BufferEncoding = 'utf8'): string[] {
  const file = openSync(path, 'r');
  try {
    const cursor = new FileCursor(file, fstatSync(file).size);
    cursor.skip(8); // magic and version
    cursor.skip(8); // number of tensors
    const entries = cursor.uint64();
    for (let i = 0; i < entries; i++) {
      const key = cursor.text();
      const type = cursor.uint32();
      if (key === 'tokenizer.ggml.tokens' && type === listType && cursor.uint32() === textType) {
        return Array.from({ length: cursor.uint64() }, () => cursor.text(encoding));
      }
      skipValue(cursor, type);
    }
    return [];
  } finally {
    closeSync(file);
  }
}

function skipValue(cursor: FileCursor, type: number): void {
  if (type === listType) {
    const elements = cursor.uint32();
    const length = cursor.uint64();
    if (elements === textType) for (let i = 0; i < length; i++) cursor.skip(cursor.uint64());
    else cursor.skip(length * (scalarBytes[elements] ?? 0));
  } else {
    cursor.skip(type === textType ? cursor.uint64() : (scalarBytes[type] ?? 0));
  }
}
