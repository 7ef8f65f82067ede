/**
 * How much time has passed for a memory. A clock may be wrong: an empty battery sets it to 1970, a slip of the hand to next
 * year. So ages are not differences of the clock but a count of time, which grows by what the clock did while the program
 * looked at it. Time in which it did not look counts once the clock has gone on from there for a while, as it does after a
 * holiday and does not when it was wrong.
 */

/** What is known of the clock. Times are milliseconds since 1970, lengths milliseconds. */
export interface UsedTime {
  /** Time that has passed for certain since the memory was made; never becomes less. */
  readonly counted: number;
  /** The clock at the last look at which it was believed. */
  readonly clock: number;
  /** The latest clock that was ever believed: what lies before it cannot count a second time. */
  readonly latest: number;
  /** A clock that has jumped and is not believed yet: where it jumped to, where it is, for how long it has gone on. */
  readonly jump?: { readonly to: number; readonly now: number; readonly for: number };
}

const hour = 3_600_000;
const day = 24 * hour;

/** Up to here a step of the clock is no jump: a recorder looks every hour. */
const step = 2 * hour;
/** So long must a clock that has jumped go on, or as long as it has jumped, if that is less. */
const proof = 3 * day;
/** What one look adds to that at most: two looks at a wrong clock prove nothing. */
const proofOfALook = day;
/** A step beyond this is another jump. */
const farthest = 31 * day;

/** There was no such program before: a clock that says so is not set. */
export const earliestClock = Date.UTC(2026, 0, 1);

/** What came of a jump with a look: it is believed now, or the clock is back and it is dropped, or nothing is decided. */
export interface Look {
  readonly time: UsedTime;
  readonly jump?: 'believed' | 'dropped';
}

/** What is known after one more look at the clock; undefined while it has never been set. */
export function look(known: UsedTime | undefined, now: number): Look | undefined {
  if (now < earliestClock) return known && { time: known };
  if (!known) return { time: { counted: 0, clock: now, latest: now } };
  const { counted, clock, latest, jump } = known;
  const believed = (count: number): UsedTime => ({ counted: count, clock: now, latest: Math.max(latest, now) });
  if (now >= clock && now - clock <= step) {
    return { time: believed(counted + now - clock), ...(jump && { jump: 'dropped' }) };
  }
  if (!jump || now < jump.now || now - jump.now > farthest) {
    const isBack = jump && now < jump.now;
    return { time: { counted, clock, latest, jump: { to: now, now, for: 0 } }, ...(isBack && { jump: 'dropped' }) };
  }
  const wentOn = jump.for + Math.min(now - jump.now, proofOfALook);
  const time = { ...known, jump: { ...jump, now, for: wentOn } };
  const unproven = Math.max(Math.abs(jump.to - clock), now - clock - wentOn);
  if (wentOn < Math.min(proof, unproven)) return { time };
  return { time: believed(countedWithJump(time)), jump: 'believed' };
}

/** What would be counted if the jump were believed. */
export function countedWithJump({ counted, latest, jump }: UsedTime): number {
  return jump ? counted + Math.max(0, jump.to - latest) + jump.now - jump.to : counted;
}
