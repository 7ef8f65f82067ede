/**
 * Whether a file is several recordings, one behind the other, of which ffmpeg reads fewer: it stops in silence where the
 * first one ends by its own account, or where its picture goes on in another codec.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { BytePath } from '../base/byte-names.ts';
import { pictureChanges, type ReadAt } from './transport-stream.ts';

/** By the hexadecimal digits that a file begins with: whether it holds more than ffmpeg reads. */
const kinds: readonly { readonly begins: RegExp; readonly goesOn: (read: ReadAt, size: number) => Promise<boolean> }[] =
  [
    { begins: /^.{8}66747970/, goesOn: secondMp4 },
    { begins: /^3026b275/, goesOn: secondAsf },
    { begins: /^464c5601/, goesOn: secondFlv },
    { begins: /^1a45dfa3/, goesOn: thirdMatroska },
    { begins: /^4f676753/, goesOn: secondOgg },
    { begins: /^47.{374}47/, goesOn: pictureChanges },
  ];

/** False also of a file that cannot be read, or is of another kind. */
export async function holdsMore(path: BytePath): Promise<boolean> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const handle = file;
    const { size } = await handle.stat();
    const read: ReadAt = async (position, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const head = (await read(0, 200)).toString('hex');
    return (await kinds.find(({ begins }) => begins.test(head))?.goesOn(read, size)) ?? false;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}

/**
 * Boxes, one behind the other; each recording begins with one that names its kind (ISO/IEC 14496-12). ffmpeg reads
 * fragments on behind it.
 */
async function secondMp4(read: ReadAt, size: number): Promise<boolean> {
  for (let at = 0; at + 16 <= size; ) {
    const box = await read(at, 16);
    const type = box.toString('latin1', 4, 8);
    if (type === 'moof') return false;
    if (at > 0 && type === 'ftyp') return true;
    const short = box.readUInt32BE(0);
    const length = short === 1 ? Number(box.readBigUInt64BE(8)) : short;
    if (length < 8) return false;
    at += length;
  }
  return false;
}

/** Its header states the size of the file (Advanced Systems Format, 3.2). */
async function secondAsf(read: ReadAt, size: number): Promise<boolean> {
  const head = await read(0, 65_536);
  const properties = head.indexOf(Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex'));
  if (properties < 0) return false;
  const stated = Number(head.readBigUInt64LE(properties + 40));
  return stated > 0 && stated + 16 <= size && (await read(stated, 4)).equals(head.subarray(0, 4));
}

/** Tags, one behind the other, each followed by four bytes with its size. */
async function secondFlv(read: ReadAt, size: number): Promise<boolean> {
  for (let at = 13; at + 11 <= size; ) {
    const tag = await read(at, 11);
    if (tag.toString('latin1', 0, 3) === 'FLV') return true;
    if (![8, 9, 18].includes(tag[0]! & 31)) return false;
    at += 11 + tag.readUIntBE(1, 3) + 4;
  }
  return false;
}

/** Pages, one behind the other; the first ones of a recording are marked (RFC 3533). */
async function secondOgg(read: ReadAt, size: number): Promise<boolean> {
  let begun = false;
  for (let at = 0; at + 27 <= size; ) {
    const page = await read(at, 27 + 255);
    if (page.toString('latin1', 0, 4) !== 'OggS') return false;
    const begins = (page[5]! & 2) !== 0;
    if (begins && begun) return true;
    begun ||= !begins;
    const segments = page.subarray(27, 27 + page[26]!);
    at += 27 + segments.length + segments.reduce((sum, length) => sum + length, 0);
  }
  return false;
}

/** Elements, one behind the other; each recording begins with an EBML header (RFC 8794). ffmpeg reads on once. */
async function thirdMatroska(read: ReadAt, size: number): Promise<boolean> {
  let headers = 0;
  for (let at = 0; at + 12 <= size; ) {
    const element = await read(at, 12);
    if (element.readUInt32BE(0) === 0x1a45dfa3 && ++headers > 2) return true;
    const width = Math.clz32(element[4]!) - 23; // of the length
    if (width > 8) return false;
    const unknown = (1n << BigInt(7 * width)) - 1n;
    const length = BigInt(`0x${element.toString('hex', 4, 4 + width)}`) & unknown;
    if (length === unknown) return false;
    at += 4 + width + Number(length);
  }
  return false;
}
