import type { Status } from '../../../preload/contract.ts';

/** What the dot shows: how old the newest frame is, never what somebody claims. */
export type Freshness = 'fresh' | 'late' | 'lost' | 'paused';

/** As the tray counts, which shows the same. */
const lateMs = 5000;
const lostMs = 20_000;

/** @param now wall clock, milliseconds */
export function freshnessOf({ state, lastFrameAt }: Pick<Status, 'state' | 'lastFrameAt'>, now: number): Freshness {
  if (state === 'failed') return 'lost';
  if (state === 'paused' || state === 'idle') return 'paused';
  if (lastFrameAt === null) return 'late';
  const age = now - lastFrameAt;
  if (age >= lostMs) return 'lost';
  return age > lateMs || state === 'stalled' || state === 'restarting' ? 'late' : 'fresh';
}
