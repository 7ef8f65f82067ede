import { expect, test } from 'vitest';
import { pictureChanges } from '../../main/capture/transport-stream.ts';

const packet = 188;

/** A packet with a table that begins in it. @param body of the table, behind its first eight bytes */
function table(number: number, kind: number, body: readonly number[]): Buffer {
  const length = 5 + body.length + 4;
  const section = [kind, 0xb0 | (length >> 8), length & 0xff, 0, 1, 0xc1, 0, 0, ...body, 0, 0, 0, 0];
  const bytes = Buffer.alloc(packet, 0xff);
  Buffer.from([0x47, 0x40 | (number >> 8), number & 0xff, 0x10, 0, ...section]).copy(bytes);
  return bytes;
}

const programmes = table(0, 0, [0, 1, 0xe1, 0]);
const pictures = (type: number) => table(0x100, 2, [0xe1, 1, 0xf0, 0, type, 0xe1, 1, 0xf0, 0]);
const filling = Buffer.from([0x47, 1, 1, 0x10, ...Buffer.alloc(packet - 4)]);

/** A stream of `packets` packets that is described anew every thousand; from the one numbered `changes` on as HEVC. */
async function look(packets: number, changes: number): Promise<{ found: boolean; read: number }> {
  let read = 0;
  const found = await pictureChanges(async (position, length) => {
    const first = position / packet;
    const count = Math.min(length / packet, packets - first);
    read += count * packet;
    const bytes = Buffer.alloc(count * packet, filling);
    for (let at = Math.ceil(first / 1000) * 1000; at < first + count; at += 1000) {
      programmes.copy(bytes, (at - first) * packet);
      if (at + 1 < first + count) pictures(at < changes ? 0x1b : 0x24).copy(bytes, (at + 1 - first) * packet);
    }
    return bytes;
  }, packets * packet);
  return { found, read };
}

test('a change of codec is found anywhere in a stream, and at the end of one of 100 GB without reading it all', async () => {
  for (const changes of [1000, 7000, 11_000]) expect((await look(12_000, changes)).found).toBe(true);
  expect((await look(12_000, 12_000)).found).toBe(false);
  const packets = Math.floor(100e9 / packet);
  const vast = await look(packets, packets - 3000);
  expect(vast.found).toBe(true);
  expect(vast.read).toBeLessThan(1.1e9);
});
