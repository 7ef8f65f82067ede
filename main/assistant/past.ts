/** Requests about the memory: what was seen and said before. A memory that is not there yet is an empty one. */
import type { CurvePoint, Day, GapSpan, Moment, Picture, Requests, Settings, Span } from '../../preload/contract.ts';
import { OnlookerError } from '../base/errors.ts';
import { MemoryClient, type MemoryClientOptions } from '../memory/client.ts';
import type { Evidence } from '../memory/find/ask.ts';
import type { Forgotten } from '../memory/forget/forget.ts';
import type { RequestOptions } from '../memory/memory-thread.ts';
import type { Input, OperationName, Output } from '../memory/operations.ts';
import { filterOf } from '../memory/store/search-filter.ts';
import { type Exported, nothingExported } from '../output/export-span.ts';
import type { WrittenRecap } from '../output/recap.ts';
import { retentionLimits } from '../settings/engine-options.ts';

/** Which memory, and who has its key; default the user's, and a key file in it. */
export type MemoryPlace = Pick<MemoryClientOptions, 'folder' | 'key'>;

const nothing: Evidence = { span: undefined, words: [], seen: [], exact: true, more: 0 };
const noRows: Forgotten = { frames: 0, utterances: 0, thumbnails: 0 };

export class Past implements AsyncDisposable {
  readonly #memory: MemoryClient;

  /** @param onNotice told what the memory deletes because of its limits */
  constructor(place: MemoryPlace, onNotice: (line: string) => void = () => {}) {
    this.#memory = new MemoryClient({ ...place, onNotice });
  }

  days(): Promise<readonly Day[]> {
    return this.#ask('days', null, []);
  }

  moments(input: Requests['moments']['input']): Promise<Requests['moments']['output']> {
    return this.#ask('moments', input, { moments: [] });
  }

  pictures(input: Requests['pictures']['input']): Promise<readonly Picture[]> {
    return this.#ask('pictures', input, []);
  }

  /** A data URL; null when it is gone. */
  async picture(id: number): Promise<string | null> {
    const jpeg = await this.#ask('picture', id, undefined);
    return jpeg ? jpegUrl(jpeg) : null;
  }

  curve(input: Requests['curve']['input']): Promise<readonly CurvePoint[]> {
    return this.#ask('curve', input, []);
  }

  gaps(span: Span): Promise<readonly GapSpan[]> {
    return this.#ask('gaps', span, []);
  }

  /** By words, and by meaning where the bundle has a text tower. */
  async search({ text, limit, answers, ...wanted }: Requests['search']['input']): Promise<readonly Moment[]> {
    return this.#ask('search', { text, ...filterOf(wanted), limit, answers }, []);
  }

  /** What answers a question about the past. */
  evidence(question: string): Promise<Evidence> {
    return this.#ask('evidence', { question }, nothing);
  }

  /** What happened, activity by activity; undefined where nothing is remembered. `onProgress` as a request has it. */
  async recap(span: Span, onProgress: (share: number) => void): Promise<WrittenRecap | undefined> {
    const recap = await this.#ask('recap', span, undefined, { onProgress });
    return recap && recap.activities.length > 0 ? recap : undefined;
  }

  /** Rows, words and pictures, and the places on disk where they stood. */
  async forget({ from, before }: Span): Promise<Forgotten> {
    const forgotten = await this.#ask('forget', { from, to: before - 1 }, undefined);
    if (forgotten) await this.#ask('wipe', null, undefined);
    return forgotten ?? noRows;
  }

  export({ format, ...span }: Requests['export']['input']): Promise<Exported> {
    return this.#ask('export', { format, ...span }, nothingExported(span, format));
  }

  /** From now on; a memory that is not there yet gets them when it is made. */
  async limit(settings: Pick<Settings, 'keepDays' | 'keepGb'>): Promise<void> {
    await this.#ask('limit', retentionLimits(settings), undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#memory[Symbol.asyncDispose]();
  }

  /** The answer, or `otherwise` where there is no memory yet. @throws OnlookerError `memory-*` */
  async #ask<Name extends OperationName, Otherwise>(
    name: Name,
    input: Input<Name>,
    otherwise: Otherwise,
    options: RequestOptions = {},
  ): Promise<Output<Name> | Otherwise> {
    try {
      return await this.#memory.request(name, input, options);
    } catch (error) {
      if (error instanceof OnlookerError && error.code === 'memory-missing') return otherwise;
      throw error;
    }
  }
}

export function jpegUrl(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}
