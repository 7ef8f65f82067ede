import type { News } from '../../preload/contract.ts';

/** Bytes that wait for a reader: above the first, what the next one replaces is left out; above the second, it goes. */
const limits = { dropBytes: 256 * 1024, closeBytes: 4 * 1024 * 1024 };

/** What to do with news for somebody who has so many bytes waiting: a slow reader must not make the program grow. */
export function paceFor(news: News, waitingBytes: number): 'send' | 'drop' | 'close' {
  if (waitingBytes > limits.closeBytes) return 'close';
  const replaceable = news.type === 'frame' || news.type === 'preview';
  return replaceable && waitingBytes > limits.dropBytes ? 'drop' : 'send';
}
