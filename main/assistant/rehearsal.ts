/** The decisions of the last minutes, to try another threshold on: what would have been said under it? */
import type { Rehearsed, Span } from '../../preload/contract.ts';
import type { FrameEvent } from '../live/events.ts';
import { type Chattiness, type PolicySettings, SpeakingPolicy } from '../live/policy.ts';

type Decision = Pick<FrameEvent, 't' | 'pSilent' | 'reason'> & { readonly at: number };

/** How far back one may try, milliseconds. */
const keptMs = 10 * 60_000;

export class Rehearsal {
  #decisions: readonly Decision[] = [];

  /** In the order of the stream. `at`: wall clock, milliseconds since 1970. */
  take({ t, pSilent, reason, at }: Decision): void {
    this.#decisions = [...this.#decisions.filter((decision) => decision.at > at - keptMs), { t, pSilent, reason, at }];
  }

  forget({ from, before }: Span): void {
    this.#decisions = this.#decisions.filter(({ at }) => at < from || at >= before);
  }

  /**
   * The speaking policy over the same frames once more. What would have been written is not known; where a narration
   * was held back as a repeat, or because nobody asked for it, it would have been so again.
   */
  play(settings: PolicySettings, chattiness: Chattiness): Rehearsed {
    let policy = new SpeakingPolicy(settings, chattiness);
    const spoken: number[] = [];
    for (const [i, { t, pSilent, reason, at }] of this.#decisions.entries()) {
      const before = this.#decisions[i - 1];
      // Media time begins anew with each stream, and so does what is remembered of it.
      if (before && t < before.t) policy = new SpeakingPolicy(settings, chattiness);
      if (reason === 'still' || policy.decide(t, pSilent) !== 'spoke') continue;
      if (reason === 'withheld') continue;
      policy.narrated(t, reason === 'repeat' ? null : '');
      if (reason !== 'repeat') spoken.push(at);
    }
    const points = this.#decisions.map(({ at, pSilent }) => ({ at, pSilent }));
    return { points, theta: policy.theta, spoken };
  }
}
