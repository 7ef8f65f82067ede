import type { Box, Picture } from './picture.ts';

/** One line of text in a picture. */
export interface Line {
  readonly text: string;
  /** In pixels of the picture. */
  readonly box: Box;
  /** Mean likelihood of its characters, 0..1. */
  readonly confidence: number;
  /** Lines of the same number belong to one paragraph; numbers rise in reading order. */
  readonly paragraph: number;
}

export interface Reading {
  /** In reading order. */
  readonly lines: readonly Line[];
  /** False when time ran out or there were too many lines: then lines are missing. */
  readonly complete: boolean;
}

/** Where text stands. */
export interface Found {
  /** Of one line each, in reading order. */
  readonly boxes: readonly Box[];
  /** False when time ran out or there were too many lines. */
  readonly complete: boolean;
}

/** What a line says; nothing (``) where it turned out to be no text. */
export type Written = Pick<Line, 'text' | 'confidence'>;

/**
 * `fast` has the exact recogniser read only the lines of which the fast one is unsure: those in Japanese and Korean among
 * them.
 * `exact` has it read all, with fewer mistakes (1, l and I), in four times the time.
 */
export type Exactness = 'fast' | 'exact';

export interface ReadOptions {
  /** Default `fast`. */
  readonly exactness?: Exactness;
  /** Milliseconds after which no further part is begun; default 5000. */
  readonly mostMs?: number;
}

/** Pictures, in grey or RGB24, to lines of text. Calls take turns. */
export interface TextReader extends AsyncDisposable {
  /**
   * `picture`: copied. A reader that hangs or ends is replaced with the next call.
   * @throws OnlookerError `bundle-missing`, `bundle-invalid`, `bundle-corrupt` for its weights; `engine-lost` when it hung
   *   or ended by itself
   */
  read(picture: Picture, options?: ReadOptions): Promise<Reading>;
  /** The first half of `read`: finds the lines. Fails as `read` does. */
  find(picture: Picture, options?: Pick<ReadOptions, 'mostMs'>): Promise<Found>;
  /** The second half: reads lines that were found, in the order of the boxes; undefined those it had no time for. */
  recognise(picture: Picture, boxes: readonly Box[], options?: ReadOptions): Promise<readonly (Written | undefined)[]>;
}
