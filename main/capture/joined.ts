/**
 * Whether a file is several recordings, one behind the other, of which ffmpeg reads fewer: it stops in silence where the
 * first one ends by its own account, or where its picture goes on in another codec.
 */
import type { BytePath } from '../base/byte-names.ts';
import { otherAvi, otherMatroska, otherProgrammeStream } from './joined-codecs.ts';
import { lookInto, type ReadAt } from './read-at.ts';
import { pictureChanges } from './transport-stream.ts';

/** By the hexadecimal digits that a file begins with: whether it holds more than ffmpeg reads. */
const kinds: readonly { readonly begins: RegExp; readonly goesOn: (read: ReadAt, size: number) => Promise<boolean> }[] =
  [
    { begins: /^.{8}66747970/, goesOn: secondMp4 },
    { begins: /^3026b275/, goesOn: secondAsf },
    { begins: /^464c5601/, goesOn: secondFlv },
    { begins: /^1a45dfa3/, goesOn: otherMatroska },
    { begins: /^4f676753/, goesOn: secondOgg },
    { begins: /^47.{374}47/, goesOn: pictureChanges },
    { begins: /^52494646.{8}41564920/, goesOn: otherAvi },
    { begins: /^6e75742f/, goesOn: secondNut },
    { begins: /^444b4946/, goesOn: secondIvf },
    { begins: /^060e2b34/, goesOn: secondMxf },
    { begins: /^000001ba/, goesOn: otherProgrammeStream },
  ];

/** False also of a file that cannot be read, or is of another kind, and when `signal` ends the reading. */
export async function holdsMore(path: BytePath, signal?: AbortSignal): Promise<boolean> {
  const look = async (read: ReadAt, size: number) => {
    const head = (await read(0, 200)).toString('hex');
    return (await kinds.find(({ begins }) => begins.test(head))?.goesOn(read, size)) ?? false;
  };
  return (await lookInto(path, look, signal)) ?? false;
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

/** Begins with a text that stands nowhere else in it (nut.txt, "file_id_string"). */
async function secondNut(read: ReadAt, size: number): Promise<boolean> {
  const text = Buffer.from('nut/multimedia container\0');
  for (let at = 1; at < size; at += 1_000_000) {
    if ((await read(at, 1_000_000 + text.length - 1)).includes(text)) return true;
  }
  return false;
}

/** A header of 32 bytes, then pictures, each behind 12 bytes with its size. */
async function secondIvf(read: ReadAt, size: number): Promise<boolean> {
  for (let at = 32; at + 12 <= size; ) {
    const picture = await read(at, 12);
    if (picture.toString('latin1', 0, 4) === 'DKIF') return true;
    at += 12 + picture.readUInt32LE(0);
  }
  return false;
}

/** Keys and values, one behind the other; each recording begins with a header partition (SMPTE 377). */
async function secondMxf(read: ReadAt, size: number): Promise<boolean> {
  const header = Buffer.from('060e2b34020501010d0102010102', 'hex');
  for (let at = 0; at + 25 <= size; ) {
    const pair = await read(at, 25);
    if (pair.toString('hex', 0, 4) !== '060e2b34') return false;
    if (at > 0 && pair.subarray(0, header.length).equals(header)) return true;
    const first = pair[16]!;
    const more = first < 0x80 ? 0 : first - 0x80; // bytes of the length
    if (more > 6) return false;
    at += 17 + more + (more === 0 ? first : pair.readUIntBE(17, more));
  }
  return false;
}
