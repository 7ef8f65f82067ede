/** Elements of a Matroska, one behind the other, some in others (RFC 8794, RFC 9559). */
import type { ReadAt } from './read-at.ts';

/** Bytes that name an element and its length, at most. */
const headBytes = 12;

const segment = 0x18538067;
const info = 0x1549a966;
const nanosecondsOfTick = 0x2ad7b1;
const cluster = 0x1f43b675;
const clusterTime = 0xe7;
const blockGroup = 0xa0;
const blocks: readonly number[] = [0xa3, 0xa1];
const containers: readonly number[] = [segment, info, cluster, blockGroup];
/** A file has some dozen elements before its first block. */
const mostElements = 1000;

interface Element {
  readonly name: number;
  /** Where its content begins and ends; undefined where it does not say. */
  readonly body: number;
  readonly end: number | undefined;
}

/** Where an element ends that begins at `at`, by its own account; undefined where it does not say. */
export async function endOfElement(read: ReadAt, at: number): Promise<number | undefined> {
  return (await elementAt(read, at))?.end;
}

/** When its first block is shown by its stamps, in seconds; undefined where that is not found. It may be below 0. */
export async function firstBlockTime(read: ReadAt): Promise<number | undefined> {
  let nanoseconds = 1e6;
  let time = 0;
  let at = 0;
  for (let i = 0; i < mostElements; i += 1) {
    const element = await elementAt(read, at);
    if (!element) return undefined;
    const { name, body, end } = element;
    if (blocks.includes(name)) {
      const block = await read(body, headBytes);
      const width = widthOf(block[0]); // of the number of its track
      return ((time + block.readInt16BE(width)) * nanoseconds) / 1e9;
    }
    if (name === nanosecondsOfTick) nanoseconds = await numberIn(read, element);
    if (name === clusterTime) time = await numberIn(read, element);
    const next = containers.includes(name) ? body : end;
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

async function elementAt(read: ReadAt, at: number): Promise<Element | undefined> {
  const head = await read(at, headBytes);
  const names = widthOf(head[0]);
  const width = widthOf(head[names]);
  if (names > 4 || width > 8 || head.length < names + width) return undefined;
  const unknown = (1n << BigInt(7 * width)) - 1n;
  const length = BigInt(`0x${head.toString('hex', names, names + width)}`) & unknown;
  const body = at + names + width;
  return { name: head.readUIntBE(0, names), body, end: length === unknown ? undefined : body + Number(length) };
}

/** How many bytes a number takes that begins with this one. */
function widthOf(first = 0): number {
  return Math.clz32(first) - 23;
}

async function numberIn(read: ReadAt, { body, end = body }: Element): Promise<number> {
  return Number(BigInt(`0x0${(await read(body, Math.min(8, end - body))).toString('hex')}`));
}
