import type { FrameProtocol } from './protocol.ts';

/** Most tokens in one question. */
export const queryCap = 256;
/** Cells of the cache above the high-water mark, at least. */
const least = 512;

/**
 * Cells of the cache above the high-water mark: room for a closer look, a question and its reply, and for what is fed
 * between them.
 */
export function headroom({ tokensPerFrame, separator, transition }: FrameProtocol, replyCap: number): number {
  const kinds = ['system', 'frame', 'narration'] as const;
  const longest = (next: 'frame' | 'narration' | 'query' | 'answer') =>
    Math.max(...kinds.map((last) => transition(last, next).length));
  const between = longest('frame') + longest('query') + Math.max(longest('narration'), longest('answer'));
  return Math.max(least, tokensPerFrame + separator.length + between + queryCap + replyCap + 16);
}
