import { expect, test } from 'vitest';
import { largest, softmaxAt } from '../../main/llama/logits.ts';

test('probabilities are those of the softmax, and sum to one', () => {
  const row = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 12);
  const exact = [...row].map(Math.exp);
  const sum = exact.reduce((a, b) => a + b);
  for (const token of [0, 1, 500, 999]) expect(softmaxAt(row, token)).toBeCloseTo(exact[token]! / sum, 14);
  expect([...row.keys()].reduce((total, token) => total + softmaxAt(row, token), 0)).toBeCloseTo(1, 10);
});

test('large logits do not overflow', () => {
  const row = Float32Array.of(-3e4, 2e4, 2e4, 0);
  expect(softmaxAt(row, 1)).toBe(0.5);
  expect(softmaxAt(row, 0)).toBe(0);
});

test('of equal logits the first is chosen, and excepted tokens are passed over', () => {
  const row = Float32Array.of(1, 7, 3, 7);
  expect(largest(row)).toBe(1);
  expect(largest(row, new Set([1]))).toBe(3);
  expect(largest(row, new Set([1, 3]))).toBe(2);
  const broken = Float32Array.of(1, Number.NaN, 2);
  for (const read of [
    () => largest(broken),
    () => softmaxAt(broken, 2),
    () => softmaxAt(Float32Array.of(1, Infinity), 1),
  ]) {
    expect(read).toThrow(expect.objectContaining({ code: 'model-unloadable' }));
  }
});
