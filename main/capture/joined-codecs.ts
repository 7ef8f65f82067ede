/**
 * Files joined of recordings that ffmpeg reads on behind the first one, but with the decoder of the first one: whether a
 * later one has another codec, or is of another kind.
 */
import { endOfElement } from './matroska.ts';
import type { ReadAt } from './read-at.ts';

/** Bytes at the beginning of a recording in which its codecs are named. */
const headBytes = 65_536;

/** Elements, one behind the other; each recording begins with an EBML header (RFC 8794). ffmpeg reads on once. */
export async function otherMatroska(read: ReadAt, size: number): Promise<boolean> {
  const codecs: (string | undefined)[] = [];
  for (let at = 0; at + 12 <= size; ) {
    const element = await read(at, 12);
    const id = element.readUInt32BE(0);
    if (id === 0x1a45dfa3) {
      const head = (await read(at, headBytes)).toString('latin1');
      codecs.push(/V_[A-Z0-9/]+/.exec(head)?.[0]);
      if (codecs.length > 2 || codecs[0] !== codecs.at(-1)) return true;
    } else if (id === 0x52494646) {
      return true; // an AVI
    }
    const end = await endOfElement(read, at);
    if (end === undefined) return false;
    at = end;
  }
  return false;
}

/** Chunks, one behind the other: `AVI ` begins a recording, `AVIX` goes on with it (OpenDML). */
export async function otherAvi(read: ReadAt, size: number): Promise<boolean> {
  const codecOf = async (at: number) => /vids(.{4})/s.exec((await read(at, headBytes)).toString('latin1'))?.[1];
  const first = await codecOf(0);
  for (let at = 0; at + 12 <= size; ) {
    const chunk = await read(at, 12);
    const type = chunk.toString('latin1', 0, 4);
    if (chunk.readUInt32BE(0) === 0x1a45dfa3) return true; // a Matroska
    const begins = type === 'RIFF' && chunk.toString('latin1', 8) === 'AVI ';
    if (at > 0 && begins && (await codecOf(at)) !== first) return true;
    const length = chunk.readUInt32LE(4);
    if (length === 0 || (at > 0 && type !== 'RIFF' && type !== 'JUNK')) return false; // never finished, or damaged
    at += 8 + length + (length & 1);
  }
  return false;
}

/** Bytes of a programme stream in which there is a picture, and how many such parts are looked at. */
const part = 1_000_000;
const parts = 50;

/**
 * MPEG-1 and -2 begin every picture with a code that other codecs never use. Parts of the stream are looked at, evenly
 * spread, of those with packets of pictures (ISO/IEC 13818-1, 2.5).
 */
export async function otherProgrammeStream(read: ReadAt, size: number): Promise<boolean> {
  const packets = Array.from({ length: 16 }, (_, i) => Buffer.from([0, 0, 1, 0xe0 + i]));
  const picture = Buffer.from('00000100', 'hex');
  const last = Math.max(0, size - part);
  const count = Math.min(parts, Math.ceil(size / part));
  let first: boolean | undefined;
  for (let sample = 0; sample < count; sample++) {
    const bytes = await read(Math.floor((sample * last) / Math.max(1, count - 1)), part);
    if (!packets.some((begin) => bytes.includes(begin))) continue;
    const found = bytes.includes(picture);
    first ??= found;
    if (found !== first) return true;
  }
  return false;
}
