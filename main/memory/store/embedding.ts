/**
 * Embeddings as they are stored: libsql's FLOAT16 format, so that its vector functions read them as they are. Half
 * precision moves a cosine by less than 0.001 and takes half the room. Little endian, as every machine is that this runs on.
 */

/** Last byte of the format: elements of 16 bits. */
const float16 = 5;

/** [E] to 2 E + 1 bytes. */
export function packEmbedding(embedding: Float32Array): Uint8Array {
  const bytes = new Uint8Array(2 * embedding.length + 1);
  new Float16Array(bytes.buffer, 0, embedding.length).set(embedding);
  bytes[bytes.length - 1] = float16;
  return bytes;
}

/** The reverse, without a copy. @throws what SQLite would say of a damaged page, when the bytes are something else */
export function unpackEmbedding(bytes: Uint8Array): Float16Array {
  if (bytes.length % 2 !== 1 || bytes.at(-1) !== float16) {
    throw Object.assign(new Error('these bytes are not a stored embedding'), { code: 'SQLITE_CORRUPT' });
  }
  // A view needs an even place in its buffer; what the database gives begins at 0.
  const even = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Float16Array(even.buffer, even.byteOffset, (bytes.length - 1) / 2);
}

/** Dot product; of two embeddings of unit length, their cosine. */
export function dot(a: Float16Array | Float32Array, b: Float16Array | Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
