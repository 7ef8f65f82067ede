/**
 * Bytes that only the holder of a key can read, and that nobody can change unnoticed: AES-256-GCM (NIST SP 800-38D).
 *
 *     "ONLKSEAL" | nonce, 12 bytes | ciphertext | tag, 16 bytes
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const magic = Buffer.from('ONLKSEAL');
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/** Seals `parts`, one after the other, with a key of 32 bytes. */
export function* seal(key: Uint8Array, parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  // Random: a key seals some thousands of snapshots, far fewer than the 2^32 for which that is safe.
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(magic);
  yield magic;
  yield nonce;
  for (const part of parts) yield cipher.update(part);
  yield cipher.final();
  yield cipher.getAuthTag();
}

export function isSealed(bytes: Uint8Array): boolean {
  return magic.equals(bytes.subarray(0, magic.length));
}

/** What was sealed. @throws Error when it was sealed with another key, cut short or changed */
export function unseal(key: Uint8Array, sealed: Uint8Array): Buffer {
  const start = magic.length + nonceBytes;
  if (sealed.length < start + tagBytes) throw new Error('it is too short');
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(magic.length, start), { authTagLength: tagBytes });
  decipher.setAAD(magic).setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(start, -tagBytes)), decipher.final()]);
}
