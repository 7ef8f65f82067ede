import type { BytePath } from '../base/byte-names.ts';
import { endOfElement } from './matroska.ts';
import { lookInto, type ReadAt } from './read-at.ts';

/** How many times as long as its bytes speak for: a still screen takes far fewer of them than a busy one. */
const most = 10;

/**
 * Whether a recording that broke off can have been as long as it states: not if that is beyond what its bytes speak for,
 * those that it should have (Matroska states them) at the rate of those that are there. An MP4 lists every picture that
 * it had.
 * @param stated seconds
 * @param seen seconds, before it broke off
 */
export async function believable(path: BytePath, stated: number, seen: number): Promise<boolean> {
  const found = await lookInto(path, async (read, size) => {
    const head = await read(0, 12);
    if (head.toString('latin1', 4, 8) === 'ftyp') return true;
    const whole = head.readUInt32BE(0) === 0x1a45dfa3 ? await statedSize(read, size) : size;
    return stated <= (most * seen * whole) / size;
  });
  return found ?? false;
}

/** Bytes that a Matroska should have, if that is more than there are. */
async function statedSize(read: ReadAt, size: number): Promise<number> {
  let whole = size;
  for (let at = 0; at + 12 <= size; ) {
    const end = await endOfElement(read, at);
    if (end === undefined) break;
    whole = Math.max(whole, end);
    at = end;
  }
  return whole;
}
