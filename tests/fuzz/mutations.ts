/** Ways in which bytes and JSON go wrong. */
import type { Random } from './random.ts';

const words = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x7fc0_0000, 0x7f80_0000,
];

/** The bytes with one to four things changed: a bit, a byte, a word, a piece left out, doubled or overwritten. */
export function mutateBytes(random: Random, bytes: Uint8Array): Buffer {
  let made: Buffer = Buffer.from(bytes);
  for (let i = 0; i <= random.below(4) && made.length > 8; i++) made = once(random, made);
  return made;
}

function once(random: Random, bytes: Buffer): Buffer {
  // Headers decide most, so half of the changes are near the beginning.
  const at = random.below(Math.min(bytes.length - 4, random.chance(0.5) ? 4096 : bytes.length));
  const length = Math.min(bytes.length - at, 1 + random.below(64));
  switch (random.below(7)) {
    case 0:
      bytes[at]! ^= 1 << random.below(8);
      return bytes;
    case 1:
      bytes[at] = random.below(256);
      return bytes;
    case 2:
    case 3:
      bytes.writeUInt32LE(random.pick(words), at);
      return bytes;
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 5:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    default:
      return Buffer.from(bytes.fill(random.pick([0, 0xff, 0x20]), at, at + length));
  }
}

/** A text of JSON that V8 would parse to something absurd, or not at all; it stands where a value stood. */
const values = [
  ...['null', 'true', '-1', '0', '1', '0.5', '1e6', '1e12', '1e300', '-1e300', '1e999', '9007199254740993', 'NaN', ''],
  ...['""', '"x"', '"\\u0000"', '"<|silent|>"', '"\\ud800"', '"../../../etc/passwd"', '[]', '{}', '[[]]', '{"a":1}'],
  `"${'x'.repeat(300_000)}"`,
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `[${Array(5000).fill('1').join(',')}]`,
];

/** JSON text with one to three of its values replaced, left out or doubled. */
export function mutateJson(random: Random, value: unknown): string {
  let text = JSON.stringify(value);
  for (let i = 0; i <= random.below(3); i++) {
    const places = [...text.matchAll(/"(?:[^"\\]|\\.){0,2000}"|-?\d[\d.e+-]*|true|false|null/g)];
    if (places.length === 0) return text;
    const { index, 0: found } = random.pick(places);
    text = text.slice(0, index) + random.pick(values) + text.slice(index + found.length);
    if (text.length > 1e6) return text;
  }
  return text;
}
