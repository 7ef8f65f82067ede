/**
 * Schemas of the large parts of a message: only the kind of array is looked at. What is in it is neither copied nor gone
 * through, so a message with a batch of frames costs as much to check as one without.
 */
import { z } from 'zod';

export const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
export const floats = z.custom<Float32Array>((value) => value instanceof Float32Array);

/** Those whose buffer can be handed over to another thread. */
export const ownBytes = z.custom<Uint8Array<ArrayBuffer>>(
  (value) => value instanceof Uint8Array && value.buffer instanceof ArrayBuffer,
);
export const ownFloats = z.custom<Float32Array<ArrayBuffer>>(
  (value) => value instanceof Float32Array && value.buffer instanceof ArrayBuffer,
);
