import type { Status } from '../../../preload/contract.ts';

/** What the dot shows: how old the newest frame is, never what somebody claims. */
export type Freshness = 'fresh' | 'late' | 'lost' | 'paused';

const lateMs = 3000;
const lostMs = 10_000;

/** @param now wall clock, milliseconds */
export function freshnessOf(status: Status, now: number): Freshness {
  if (status.state === 'paused' || status.state === 'idle') return 'paused';
  if (status.lastFrameAt === null) return status.state === 'starting' ? 'late' : 'lost';
  const age = now - status.lastFrameAt;
  if (age < lateMs) return 'fresh';
  return age < lostMs ? 'late' : 'lost';
}
