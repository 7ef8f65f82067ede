/** Requests about the memory: what was seen and said before. A memory that is not there yet is an empty one. */
import type { CurvePoint, Day, GapSpan, Moment, Picture, Requests, Settings, Span } from '../../preload/contract.ts';
import { OnlookerError } from '../base/errors.ts';
import { findMoments } from '../memory/find/find-moments.ts';
import { type Activity, recap } from '../memory/find/recap.ts';
import { meaningOf } from '../memory/find/search-meaning.ts';
import { readThumbnail } from '../memory/find/thumbnails.ts';
import { days, momentsIn, picturesIn, silenceCurve } from '../memory/find/timeline.ts';
import { type Forgotten, forget, wipe } from '../memory/forget/forget.ts';
import { setLimits } from '../memory/forget/retention.ts';
import { keepWithinLimits } from '../memory/forget/within-limits.ts';
import type { Connection } from '../memory/store/connection.ts';
import { guarded } from '../memory/store/failures.ts';
import type { MemoryOptions } from '../memory/store/location.ts';
import { openMemory } from '../memory/store/open-memory.ts';
import { filterOf } from '../memory/store/search-filter.ts';
import { retentionLimits } from '../settings/engine-options.ts';
import { type Exported, exportSpan, nothingExported } from './export-span.ts';
import { gapsIn } from './gaps.ts';

/** Which memory, and who has its key; default the user's, and a key file in it. */
export type MemoryPlace = Pick<MemoryOptions, 'folder' | 'key'>;

export class Past {
  readonly #place: MemoryPlace;
  readonly #onNotice: (line: string) => void;

  /** @param onNotice told what the memory deletes because of its limits */
  constructor(place: MemoryPlace, onNotice: (line: string) => void = () => {}) {
    this.#place = place;
    this.#onNotice = onNotice;
  }

  /** Does `work` on the memory, or gives `otherwise` where there is none yet. @throws OnlookerError `memory-*` */
  async with<T>(otherwise: T, work: (memory: Connection) => T | Promise<T>): Promise<T> {
    try {
      using memory = await openMemory({ ...this.#place, onNotice: this.#onNotice });
      return await work(memory);
    } catch (error) {
      if (error instanceof OnlookerError && error.code === 'memory-missing') return otherwise;
      throw error;
    }
  }

  days(): Promise<readonly Day[]> {
    return this.#read<readonly Day[]>([], (memory) => {
      keepWithinLimits(memory);
      return days(memory);
    });
  }

  moments({ after, ...span }: Requests['moments']['input']): Promise<Requests['moments']['output']> {
    return this.#read<Requests['moments']['output']>({ moments: [] }, (memory) => momentsIn(memory, span, after));
  }

  pictures({ most, ...span }: Requests['pictures']['input']): Promise<readonly Picture[]> {
    return this.#read<readonly Picture[]>([], (memory) => picturesIn(memory, span, most));
  }

  /** A data URL; null when it is gone. */
  picture(id: number): Promise<string | null> {
    return this.#read<string | null>(null, (memory) => {
      const jpeg = readThumbnail(memory, id);
      return jpeg ? jpegUrl(jpeg) : null;
    });
  }

  curve({ pieces, ...span }: Requests['curve']['input']): Promise<readonly CurvePoint[]> {
    return this.#read<readonly CurvePoint[]>([], (memory) => silenceCurve(memory, span, pieces));
  }

  gaps(span: Span): Promise<readonly GapSpan[]> {
    return this.#read<readonly GapSpan[]>([], (memory) => gapsIn(memory, span));
  }

  /** By words, and by meaning where the bundle has a text tower. */
  search({ text, limit, answers, ...wanted }: Requests['search']['input']): Promise<readonly Moment[]> {
    const filter = filterOf(wanted);
    return this.with<readonly Moment[]>([], async (memory) => {
      const { meaning } = await meaningOf(memory, text);
      return findMoments(memory, text, { ...filter, limit, meaning, answers });
    });
  }

  /** What `write` makes of it; empty where nothing is remembered. */
  recap(span: Span, write: (activities: readonly Activity[]) => Promise<string>): Promise<string> {
    return this.with('', (memory) => {
      const activities = recap(memory, span);
      return activities.length > 0 ? write(activities) : '';
    });
  }

  /** Rows, words and pictures, and the places on disk where they stood; `wiped` is false where traces may be left of these. */
  forget({ from, before }: Span): Promise<{ forgotten: Forgotten; wiped: boolean }> {
    const nothing = { forgotten: { frames: 0, utterances: 0, thumbnails: 0 }, wiped: true };
    return this.with(nothing, async (memory) => {
      const forgotten = forget(memory, { from, to: before - 1 });
      return { forgotten, wiped: await wipe(memory) };
    });
  }

  export({ format, ...span }: Requests['export']['input']): Promise<Exported> {
    return this.#read(nothingExported(span, format), (memory) => exportSpan(memory, span, format));
  }

  /** From now on; a memory that is not there yet gets them when it is made. */
  async limit(settings: Pick<Settings, 'keepDays' | 'keepGb'>): Promise<void> {
    await this.#read(undefined, (memory) => setLimits(memory, retentionLimits(settings)));
  }

  #read<T>(otherwise: T, work: (memory: Connection) => T): Promise<T> {
    return this.with(otherwise, (memory) => guarded(memory.folder, () => work(memory)));
  }
}

export function jpegUrl(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}
