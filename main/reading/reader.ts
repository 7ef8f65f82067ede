import { z } from 'zod';
import { type Box, box, type Picture } from './picture.ts';

/** What a line says; nothing (``) where it turned out to be no text. */
export const written = z.strictObject({
  text: z.string(),
  /** Mean likelihood of its characters, 0..1. */
  confidence: z.number(),
});
export type Written = Readonly<z.infer<typeof written>>;

/** One line of text in a picture. */
const line = written.extend({
  /** In pixels of the picture. */
  box,
  /** Lines of the same number belong to one paragraph; numbers rise in reading order. */
  paragraph: z.int(),
});
export type Line = Readonly<z.infer<typeof line>>;

export const reading = z.strictObject({
  /** In reading order. */
  lines: z.array(line).readonly(),
  /** False when time ran out or there were too many lines: then lines are missing. */
  complete: z.boolean(),
});
export type Reading = Readonly<z.infer<typeof reading>>;

/** Where text stands. */
export const found = z.strictObject({
  /** Of one line each, in reading order. */
  boxes: z.array(box).readonly(),
  /** False when time ran out or there were too many lines. */
  complete: z.boolean(),
});
export type Found = Readonly<z.infer<typeof found>>;

/**
 * `fast` has the exact recogniser read only the lines of which the fast one is unsure: those in Japanese and Korean among
 * them.
 * `exact` has it read all, with fewer mistakes (1, l and I), in four times the time.
 */
export const exactness = z.enum(['fast', 'exact']);
export type Exactness = z.infer<typeof exactness>;

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
