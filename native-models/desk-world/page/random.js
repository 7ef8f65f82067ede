/** Seeded randomness for drawing: the same seed gives the same picture on every machine. */

/** @typedef {{ (): number, int(a: number, b: number): number, pick<T>(list: readonly T[]): T, chance(p: number): boolean }} Random */

/** Mixes any numbers into one 32-bit seed. @param {...number} parts */
export function mix(...parts) {
  let h = 2166136261;
  for (const part of parts) {
    h = Math.imul(h ^ (part | 0), 16777619);
    h = Math.imul(h ^ (h >>> 15), 2246822507);
    h ^= h >>> 13;
  }
  return h >>> 0;
}

/** @param {...number} parts @returns {Random} */
export function random(...parts) {
  let a = mix(...parts);
  const next = /** @type {Random} */ (
    () => {
      a = (a + 0x6d2b79f5) | 0;
      let t = Math.imul(a ^ (a >>> 15), 1 | a);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    }
  );
  next.int = (a, b) => a + Math.floor(next() * (b - a + 1));
  next.pick = (list) => list[Math.floor(next() * list.length)];
  next.chance = (p) => next() < p;
  return next;
}
