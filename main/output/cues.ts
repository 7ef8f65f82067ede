import type { LiveEvent } from '../live/events.ts';
import { oneLine } from './clean-text.ts';

/** One subtitle: shown from `start` to `end`, whole milliseconds of media time. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  /** One string a line; never empty, no line breaks inside. */
  readonly lines: readonly string[];
}

/** Reading time: so many milliseconds a character, but at least `shortest`. */
const perCharacter = 60;
const shortest = 1500;
/** A text of the last moment is shown for this long, from a little before it. */
const shortestAtEnd = 500;
/** Two texts closer than this share a cue: neither could be read alone. */
const together = 250;

/**
 * Turns narrations and answers into subtitles that never overlap and never go back in time. A cue is handed out once
 * nothing can change it any more: when the next one arrives, or when the stream has passed its end. No subtitle lasts
 * longer than the recording.
 */
export class CueTrack {
  #pending: { start: number; end: number; lines: string[] } | undefined;
  #handedOutUntil = 0;
  /** Where the recording ends, milliseconds. */
  #limit: number;

  /** @param end media time at which the recording ends, seconds, if it is known already; else `finished` says it */
  constructor(end = Number.POSITIVE_INFINITY) {
    this.#limit = Math.floor(1000 * end);
  }

  /** Cues that became final through this event, in order. */
  on(event: LiveEvent): Cue[] {
    switch (event.type) {
      case 'narration':
        return this.#add(event.t, [event.text]);
      case 'answer':
        return this.#add(event.t, [event.query, event.text]);
      case 'frame':
        return this.#pending && event.t * 1000 >= this.#pending.end ? this.end() : [];
      case 'finished':
        if (event.end !== undefined) this.#limit = Math.floor(1000 * event.end);
        return [];
      default:
        return [];
    }
  }

  /** The last cue, if one is still held back. */
  end(): Cue[] {
    if (!this.#pending) return [];
    const cue = cutAt(this.#limit, this.#pending, this.#handedOutUntil);
    this.#pending = undefined;
    this.#handedOutUntil = cue.end;
    return [cue];
  }

  #add(t: number, texts: readonly string[]): Cue[] {
    const lines = texts.map(oneLine).filter((line) => line !== '');
    if (lines.length === 0) return [];
    const start = Math.max(Math.round(t * 1000), this.#handedOutUntil);
    if (this.#pending && start < this.#pending.start + together) {
      this.#pending.lines.push(...lines);
      this.#pending.end = this.#pending.start + readingTime(this.#pending.lines);
      return [];
    }
    if (this.#pending) this.#pending.end = Math.min(this.#pending.end, start);
    const final = this.end();
    this.#pending = { start, end: start + readingTime(lines), lines };
    return final;
  }
}

/** A cue that ends at `limit` at the latest, and begins no earlier than `earliest`. */
function cutAt(limit: number, cue: Cue, earliest: number): Cue {
  if (cue.end <= limit) return cue;
  const start = Math.min(cue.start, Math.max(earliest, limit - shortestAtEnd));
  return { ...cue, start, end: Math.max(limit, start + 1) };
}

function readingTime(lines: readonly string[]): number {
  return Math.max(shortest, perCharacter * lines.join(' ').length);
}
