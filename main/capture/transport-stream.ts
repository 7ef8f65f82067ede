import type { ReadAt } from './read-at.ts';

const packet = 188;
/** Packets that are read at once. */
const many = 5000;
/** Times that is done, at most: a gigabyte is read whole, in less than a hundredth of the time that decoding it takes. */
const most = 1100;
/** Kinds of stream that are pictures (ISO/IEC 13818-1, table 2-34): MPEG-1, -2, -4, H.264, HEVC, VVC, and others. */
const pictureTypes: readonly number[] = [0x01, 0x02, 0x10, 0x1b, 0x20, 0x24, 0x33, 0x42, 0xd1, 0xd2, 0xea];

/**
 * Whether a transport stream's programmes change so that none of the pictures they began with is left: other codecs,
 * other packet numbers, or other programmes. ffmpeg keeps to what it found first. Of a very large one samples are
 * read, evenly spread, the last one at its end: programmes are described several times a second.
 */
export async function pictureChanges(read: ReadAt, size: number): Promise<boolean> {
  /** Of each programme, by the number of the packets that describe it: the pictures it began with. */
  const first = new Map<number, Set<string> | undefined>();
  const packets = Math.floor(size / packet);
  const samples = Math.min(most, Math.ceil(packets / many));
  for (let sample = 0; sample < samples; sample++) {
    const from = Math.max(0, Math.floor((sample * (packets - many)) / Math.max(1, samples - 1)));
    const bytes = await read(packet * from, packet * many);
    for (let start = 0; start + packet <= bytes.length; start += packet) {
      if (bytes[start] !== 0x47) return false; // damaged: nothing is known behind it
      const number = bytes.readUInt16BE(start + 1) & 0x1fff;
      if (number !== 0 && !first.has(number)) continue;
      const section = sectionOf(bytes.subarray(start, start + packet));
      if (!section) continue;
      if (number === 0) {
        const programmes = programmesOf(section);
        if (programmes.length === 0) continue;
        if (first.size > 0 && !programmes.some((programme) => first.has(programme))) return true;
        if (first.size === 0) for (const programme of programmes) first.set(programme, undefined);
        continue;
      }
      const found = picturesOf(section);
      const known = first.get(number);
      if (!known) first.set(number, new Set(found));
      else if (known.size > 0 && found.length > 0 && !found.some((picture) => known.has(picture))) return true;
    }
  }
  return false;
}

/** A table that begins and ends in one packet, without its checksum. */
function sectionOf(bytes: Buffer): Buffer | undefined {
  if (!(bytes[1]! & 0x40) || !(bytes[3]! & 0x10)) return undefined;
  const payload = bytes.subarray(bytes[3]! & 0x20 ? 5 + bytes[4]! : 4);
  const section = payload.subarray(1 + (payload[0] ?? 0));
  if (section.length < 12) return undefined;
  const end = 3 + (section.readUInt16BE(1) & 0xfff) - 4;
  return end <= section.length ? section.subarray(0, end) : undefined;
}

function programmesOf(section: Buffer): number[] {
  const found: number[] = [];
  if (section[0] !== 0) return found;
  for (let at = 8; at + 4 <= section.length; at += 4) {
    if (section.readUInt16BE(at) > 0) found.push(section.readUInt16BE(at + 2) & 0x1fff);
  }
  return found;
}

function picturesOf(section: Buffer): string[] {
  const found: string[] = [];
  if (section[0] !== 2) return found;
  for (let at = 12 + (section.readUInt16BE(10) & 0xfff); at + 5 <= section.length; ) {
    const type = section[at]!;
    if (pictureTypes.includes(type)) found.push(`${type} in ${section.readUInt16BE(at + 1) & 0x1fff}`);
    at += 5 + (section.readUInt16BE(at + 3) & 0xfff);
  }
  return found;
}
