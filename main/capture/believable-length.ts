import { type FileHandle, open } from 'node:fs/promises';
import type { BytePath } from '../base/byte-names.ts';
import { endOfElement } from './matroska.ts';

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
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    const head = Buffer.alloc(12);
    await file.read(head, 0, 12, 0);
    if (head.toString('latin1', 4, 8) === 'ftyp') return true;
    let whole = size;
    if (head.readUInt32BE(0) === 0x1a45dfa3) {
      for (let at = 0; at < size; ) {
        await file.read(head, 0, 12, at);
        const end = endOfElement(head, at);
        if (end === undefined) break;
        whole = Math.max(whole, end);
        at = end;
      }
    }
    return stated <= (most * seen * whole) / size;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}
