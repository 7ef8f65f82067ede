/**
 * Steering a stream while it runs. Whatever is wanted of the model goes the way of the frames: it is put behind those
 * that were captured already, passes the encoder with them, and is done between two decisions. So the model has seen
 * all that whoever asks has seen, and nothing ever enters the cache from the side.
 */

import { OnlookerError } from '../base/errors.ts';
import { checkText } from '../base/text-limits.ts';
import type { Hiding, PrivacyRules } from '../capture/exclusions.ts';
import type { FrameSource } from '../capture/frame.ts';
import type { Mask } from '../capture/masks.ts';
import type { AnswerEvent } from './events.ts';
import type { Chattiness } from './policy.ts';

/** What can be changed in mid-stream; what is left out stays. Null: the bundle's own. */
export interface SessionChange {
  readonly instruction?: string | null;
  readonly theta?: number | null;
  readonly chattiness?: Chattiness;
}

/** How often a live source is looked at: at each of its frames, or at one a second. */
export type Pace = 'full' | 'saving';

/** Seconds between two frames that are looked at, at least. */
const spacings: Readonly<Record<Pace, number>> = { full: 0, saving: 1 };

/** Something wanted of the model. */
export type Wish =
  | { readonly type: 'ask'; readonly text: string }
  | { readonly type: 'change'; readonly change: SessionChange }
  /** Wall clock, milliseconds since 1970. */
  | { readonly type: 'forget'; readonly from: number; readonly before: number }
  /** Everything captured before has been decided on; a good moment for a snapshot. */
  | { readonly type: 'rest' };

/** A wish on its way through the pipeline. */
export interface Command {
  readonly type: 'command';
  readonly wish: Wish;
  readonly done: PromiseWithResolvers<AnswerEvent | undefined>;
}

/** Give it to `narrate`; it works from the first frame to the end. One control steers one run. */
export class NarrationControl {
  #masks: readonly Mask[];
  /** Rules that hold; undefined where the run began without any. */
  #hiding: PrivacyRules | undefined;
  #otherRulesAt = Number.NEGATIVE_INFINITY;
  #source: FrameSource | undefined;
  #deliver: ((command: Command) => boolean) | undefined;
  #spacing = 0;
  #paused = false;
  #over = false;
  /** Commands that are not done yet. */
  readonly #open = new Set<Command>();
  #wallTimeOfOldest: () => number | undefined = () => undefined;

  constructor(masks: readonly Mask[] = []) {
    this.#masks = masks;
  }

  /** What is painted out of each frame before anything looks at it. */
  get masks(): readonly Mask[] {
    return this.#masks;
  }

  /** When other rules were given last, `performance.now()` milliseconds. */
  get otherRulesAt(): number {
    return this.#otherRulesAt;
  }

  /** Other masks, at once: they hold for frames as well that were captured and not yet looked at. */
  cover(masks: readonly Mask[]): void {
    this.#masks = masks;
  }

  /** Other rules, from the next frame on; where the run began without any, nothing is hidden now either. */
  hide(rules: PrivacyRules): void {
    // Settings come whole, also when something else has changed.
    if (JSON.stringify(rules) !== JSON.stringify(this.#hiding)) this.#otherRulesAt = performance.now();
    this.#hiding = rules;
    if (this.#source?.guard) this.#source.guard.rules = rules;
  }

  /** Holds from the next frame on. Of a recording every frame is looked at all the same. */
  set pace(pace: Pace) {
    this.#spacing = spacings[pace];
  }

  /** Seconds between two frames that are looked at, at least. */
  get spacing(): number {
    return this.#spacing;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Wall clock of the oldest frame in the model's window; undefined before the first. */
  get since(): number | undefined {
    return this.#wallTimeOfOldest();
  }

  /** Asks about all that was captured until now, at once while nothing comes. @throws OnlookerError `usage` */
  async ask(text: string): Promise<AnswerEvent> {
    checkText('The question', text);
    return (await this.#wish({ type: 'ask', text }))!;
  }

  /** @throws OnlookerError `usage` */
  async change(change: SessionChange): Promise<void> {
    if (typeof change.instruction === 'string') checkText('The instruction', change.instruction);
    await this.#wish({ type: 'change', change });
  }

  /** Forgets a span of the wall clock: it leaves cache, ledger and policy, and the snapshot is written anew. */
  async forget(from: number, before: number): Promise<void> {
    await this.#wish({ type: 'forget', from, before });
  }

  /** Takes no more frames; resolves when those taken before have been decided on. The cache stays. */
  async pause(): Promise<void> {
    this.#paused = true;
    this.#source?.pause();
    await this.#wish({ type: 'rest' });
  }

  resume(): void {
    this.#paused = false;
    this.#source?.resume();
  }

  /**
   * For `narrate`: from now on commands reach the pipeline. Disposing ends that; what is not done by then is refused.
   * @param hiding what the run began with
   */
  attach(source: FrameSource, since: () => number | undefined, hiding: Hiding): Disposable {
    this.#source = source;
    if (this.#hiding) this.hide(this.#hiding);
    else if (hiding !== 'none') this.#hiding = hiding;
    this.#wallTimeOfOldest = since;
    if (this.#paused) source.pause();
    return { [Symbol.dispose]: () => this.#end() };
  }

  /** For the pipeline: where commands go in. Those given earlier go first. */
  deliverTo(deliver: (command: Command) => boolean): void {
    this.#deliver = deliver;
    for (const command of this.#open) deliver(command);
  }

  #wish(wish: Wish): Promise<AnswerEvent | undefined> {
    const command: Command = { type: 'command', wish, done: Promise.withResolvers() };
    this.#open.add(command);
    if (this.#over || this.#deliver?.(command) === false) command.done.reject(ended());
    const { promise } = command.done;
    return promise.finally(() => this.#open.delete(command));
  }

  #end(): void {
    this.#over = true;
    for (const { done } of this.#open) done.reject(ended());
  }
}

function ended(): OnlookerError {
  return new OnlookerError('usage', 'Nothing is being watched any more. Start watching again.');
}
