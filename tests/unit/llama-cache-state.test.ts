import { expect, test } from 'vitest';
import { frameState, unframeState } from '../../main/llama/cache-state.ts';

const payload = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

test('what was framed comes back', () => {
  const { cells, payload: back } = unframeState(frameState(42, payload));
  expect(cells).toBe(42);
  expect(back).toEqual(payload);
});

test.each<[string, (state: Uint8Array) => Uint8Array, RegExp]>([
  ['empty', () => new Uint8Array(0), /too short/],
  ['cut short', (state) => state.subarray(0, 700), /checksum/],
  ['one bit flipped', (state) => state.with(500, state[500]! ^ 4), /checksum/],
  ['of another kind', (state) => state.with(0, 1), /not a saved cache/],
  ['of another version', (state) => state.with(4, 9), /another version/],
])('a state that is %s is refused', (_name, damage, message) => {
  const damaged = damage(frameState(42, payload));
  expect(() => unframeState(damaged)).toThrow(expect.objectContaining({ code: 'snapshot-unusable' }));
  expect(() => unframeState(damaged)).toThrow(message);
});
