import { describe, expect, test } from 'vitest';
import { Ledger, type Span } from '../../main/live/ledger.ts';
import { planEviction, spansWithin } from '../../main/live/window.ts';

const frame = (n: number): Span => ({ kind: 'frame', tokens: 10, t: n / 2, frame: n });
const narration = (t: number, tokens = 8): Span => ({ kind: 'narration', tokens, t });
const head: Span[] = [
  { kind: 'system', tokens: 5, t: 0 },
  { kind: 'instruction', tokens: 7, t: 0 },
];

describe('ledger', () => {
  test('positions follow from token counts', () => {
    const ledger = new Ledger(head);
    ledger.append(frame(0));
    ledger.extendLast(1);
    expect(ledger.length).toBe(23);
    ledger.dropLast();
    expect(ledger.length).toBe(12);
  });

  test('removal returns merged ranges in old positions and closes the holes', () => {
    const ledger = new Ledger([...head, frame(0), frame(1), narration(0.5), frame(2)]);
    expect(ledger.remove(new Set([2, 3, 5]))).toEqual([
      { from: 12, to: 32 },
      { from: 40, to: 50 },
    ]);
    expect(ledger.spans.map((span) => span.kind)).toEqual(['system', 'instruction', 'narration']);
    expect(ledger.length).toBe(20);
  });
});

describe('window', () => {
  const marks = { high: 200, low: 100, replies: 16 };
  const evictedKinds = (spans: Span[]) => {
    const ledger = new Ledger(spans);
    const evicted = planEviction(ledger, marks);
    ledger.remove(evicted);
    return ledger;
  };

  test('oldest frames go first, down to the low mark', () => {
    const ledger = evictedKinds([...head, ...Array.from({ length: 19 }, (_, n) => frame(n))]);
    expect(ledger.length).toBe(92);
    expect(ledger.spans[2]?.frame).toBe(11);
  });

  test('replies outlive their frames, but only so many tokens of them', () => {
    const spans = [...head];
    for (let n = 0; n < 10; n++) spans.push(frame(n), narration(n / 2));
    const ledger = evictedKinds(spans);
    const oldest = ledger.spans.findIndex((span) => span.kind === 'frame');
    const before = ledger.spans.slice(2, oldest);
    expect(before.every((span) => span.kind === 'narration')).toBe(true);
    expect(before.reduce((sum, span) => sum + span.tokens, 0)).toBeLessThanOrEqual(16);
    expect(ledger.spans.at(-1)).toEqual(narration(4.5));
    expect(ledger.length).toBeLessThanOrEqual(100);
  });

  test('system prompt, instruction, the newest frame and a query without an answer stay, whatever the excess', () => {
    const query: Span = { kind: 'query', tokens: 150, t: 9 };
    const ledger = evictedKinds([...head, frame(0), narration(0, 90), frame(1), query]);
    expect(ledger.spans.map((span) => span.kind)).toEqual(['system', 'instruction', 'frame', 'query']);
    expect(ledger.spans[2]?.frame).toBe(1);
  });

  test('a query leaves together with its answer', () => {
    const spans = [...head, { kind: 'query', tokens: 6, t: 0 } as Span, { kind: 'answer', tokens: 20, t: 0 } as Span];
    for (let n = 0; n < 16; n++) spans.push(frame(n));
    expect(evictedKinds(spans).spans.some((span) => span.kind === 'query' || span.kind === 'answer')).toBe(false);
  });

  test('the opening of a frame list goes with the reply that closes it', () => {
    const opening = (t: number): Span => ({ kind: 'opening', tokens: 2, t });
    const spans = [...head, opening(0), frame(0), frame(1), narration(0.5, 40), opening(1)];
    for (let n = 2; n < 14; n++) spans.push(frame(n));
    const kinds = evictedKinds(spans).spans.map((span) => span.kind);
    expect(kinds.filter((kind) => kind === 'opening')).toHaveLength(1);
    expect(kinds.slice(0, 4)).toEqual(['system', 'instruction', 'opening', 'frame']);
  });

  test('forgetting takes a span of time and leaves the prompt', () => {
    const ledger = new Ledger([...head, frame(0), frame(1), narration(0.5), frame(2), frame(3)]);
    expect([...spansWithin(ledger, 0, 1)]).toEqual([2, 3, 4, 5]);
  });
});
