import { z } from 'zod';
import { bytes } from './typed-arrays.ts';

/** RGB24: three bytes a pixel, row by row. */
export const picture = z.strictObject({ pixels: bytes, width: z.int().min(1), height: z.int().min(1) });
export type Picture = Readonly<z.infer<typeof picture>>;
