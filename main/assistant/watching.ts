/** What is watched, and how: the engine under the settings, with pause, snooze and what must not be seen. */

import { OnlookerError } from '../base/errors.ts';
import type { Mask } from '../capture/masks.ts';
import { parseWatchable, sourceName } from '../capture/source-description.ts';
import type { Engine, MemoryChoice, WatchOptions } from '../engine/engine.ts';
import type { PolicySettings } from '../live/policy.ts';
import { locateMemory } from '../memory/store/location.ts';
import { type Circumstances, liveSettings, watchOptions } from '../settings/engine-options.ts';
import type { SettingsFile } from '../settings/settings-file.ts';
import type { BundleFacts } from './bundles.ts';
import { codeOf, sentence } from './outcome.ts';
import type { MemoryPlace } from './past.ts';
import type { StatusBoard } from './status-board.ts';

export interface WatchingParts {
  readonly engine: Engine;
  readonly bundles: BundleFacts;
  readonly settings: SettingsFile;
  readonly board: StatusBoard;
  readonly memory: MemoryPlace;
}

/** Who covers a part of the screen; any object, compared by identity. */
export type Coverer = object;

export class Watching {
  readonly #parts: WatchingParts;
  readonly #covers = new Map<Coverer, Mask>();
  /** Says nothing unasked, whatever the settings say. */
  #quiet = false;
  #onBattery = false;
  /** What was begun last, with the secrets of its address. */
  #source: string | undefined;
  /** Counts what was begun: what ends late must not change what came after it. */
  #turn = 0;

  constructor(parts: WatchingParts) {
    this.#parts = parts;
  }

  /** What was begun last, as it was typed. */
  get source(): string | undefined {
    return this.#source;
  }

  /** Resolves when the first frame is there. @throws OnlookerError as `narrate` does */
  async watch(source: string): Promise<void> {
    const turn = ++this.#turn;
    const { engine, board } = this.#parts;
    this.#source = source;
    board.starting(sourceName(source), isLive(source));
    try {
      const options = await this.#options(source);
      if (turn !== this.#turn) throw new OnlookerError('usage', 'Something else was chosen before this began.');
      await engine.watch(options);
    } catch (error) {
      if (turn === this.#turn) board.set({ state: 'failed', message: sentence(error), code: codeOf(error) });
      throw error;
    }
    // What changed while it began may have gone to the run before it.
    await this.apply();
  }

  async stop(): Promise<void> {
    this.#turn++;
    await this.#parts.engine.stop();
    this.#parts.board.set({ state: 'idle', pausedUntil: null, message: null, filtering: false });
  }

  /** Watches the same again, under settings that only a start takes. Nothing when nothing is watched. */
  async restart(): Promise<void> {
    if (this.#source !== undefined && this.#parts.board.active) await this.watch(this.#source);
  }

  /** @param until wall clock; null: until resumed. @throws OnlookerError `usage` when nothing is watched */
  async pause(until: number | null): Promise<void> {
    const { engine, board } = this.#parts;
    if (!board.active) throw new OnlookerError('usage', 'Nothing is being watched. Choose a source first.');
    await engine.pause();
    board.set({ state: 'paused', pausedUntil: until, message: null });
  }

  async resume(): Promise<void> {
    const { engine, board } = this.#parts;
    if (board.status.state !== 'paused') return;
    board.resuming();
    await engine.resume();
  }

  /** @param until wall clock; null ends it */
  async snooze(until: number | null): Promise<void> {
    this.#parts.board.set({ snoozedUntil: until !== null && until > Date.now() ? until : null });
    await this.apply();
  }

  /** While it is true, nothing is said unasked. Returns whether that begins now. */
  async keepQuiet(quiet: boolean): Promise<boolean> {
    if (quiet === this.#quiet) return false;
    this.#quiet = quiet;
    await this.apply();
    return quiet;
  }

  /** Whether the machine runs on its battery. */
  async powered(onBattery: boolean): Promise<void> {
    if (onBattery === this.#onBattery) return;
    this.#onBattery = onBattery;
    await this.apply();
  }

  /** Where somebody covers what is watched; null: nowhere any more. */
  async cover(who: Coverer, area: Mask | null): Promise<void> {
    if (area === null && !this.#covers.has(who)) return;
    if (area === null) this.#covers.delete(who);
    else this.#covers.set(who, area);
    await this.apply();
  }

  /** Brings the engine to what settings, snooze and masks say now. */
  async apply(): Promise<void> {
    await this.tellStatus();
    if (!this.#parts.board.active) return;
    try {
      await this.#parts.engine.change(liveSettings(this.#parts.settings.settings, this.#circumstances));
    } catch (error) {
      // The run it was meant for is over or cannot begin, as the status says; the next one begins with what holds then.
      if (!(error instanceof OnlookerError)) throw error;
    }
  }

  /** What of the status follows from the settings. */
  async tellStatus(): Promise<void> {
    const { bundle, theta, remember } = this.#parts.settings.settings;
    const own = theta === null ? await this.policy().catch(() => undefined) : undefined; // reported by whoever watches with it
    const effective = theta ?? own?.theta ?? this.#parts.board.status.theta;
    this.#parts.board.set({ bundle, theta: effective, remembering: remember === true, saving: this.#saving });
  }

  /** When the bundle in use speaks. @throws OnlookerError `bundle-*` */
  policy(): Promise<PolicySettings> {
    return this.#parts.bundles.policy(this.#parts.settings.settings.bundle);
  }

  /** Ends a pause or a snooze whose time has come. */
  async tick(now: number): Promise<void> {
    const { pausedUntil, snoozedUntil } = this.#parts.board.status;
    if (pausedUntil !== null && now >= pausedUntil) await this.resume();
    if (snoozedUntil !== null && now >= snoozedUntil) await this.snooze(null);
  }

  async #options(source: string): Promise<WatchOptions> {
    const { settings } = this.#parts.settings;
    const memory = settings.remember ? await this.#memory() : undefined;
    return watchOptions(source, settings, this.#circumstances, memory);
  }

  /** A key store answers to this process alone: the engine is handed the key. @throws OnlookerError `memory-*` */
  async #memory(): Promise<MemoryChoice> {
    const { memory } = this.#parts;
    const folder = memory.folder !== undefined && { folder: memory.folder };
    if (memory.key === undefined) return { ...folder };
    const { key } = await locateMemory({ ...memory, create: true });
    return { ...folder, ...(key !== undefined && { key }) };
  }

  get #saving(): boolean {
    const { profile } = this.#parts.settings.settings;
    return profile === 'battery' || (profile === 'balanced' && this.#onBattery);
  }

  get #circumstances(): Circumstances {
    const silent = this.#quiet || this.#parts.board.status.snoozedUntil !== null;
    return { masks: [...this.#covers.values()], silent, saving: this.#saving };
  }
}

/** Whether frames that stay away mean that something is wrong. */
function isLive(source: string): boolean {
  return !['file', 'web'].includes(parseWatchable(source).kind);
}
