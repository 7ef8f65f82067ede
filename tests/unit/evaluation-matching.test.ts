import { describe, expect, test } from 'vitest';
import { assign } from '../../main/evaluation/assignment.ts';
import { kinds, readSentence, type Subject, similarity } from '../../main/evaluation/grammar.ts';
import { matchUtterances, type TrueEvent } from '../../main/evaluation/matching.ts';
import { annotate } from '../../native-models/desk-world/record/annotation.ts';
import vocabulary from '../../native-models/desk-world/vocabulary.json' with { type: 'json' };

describe('the grammar', () => {
  test('reads back every sentence that annotations are written with', () => {
    for (const kind of kinds) {
      const side = vocabulary.kinds[kind].subject as keyof typeof vocabulary.subjects | null;
      for (const subject of (side === null ? [null] : vocabulary.subjects[side]) as (Subject | null)[]) {
        expect(readSentence(annotate('x.mp4', 0, kind, subject).text)).toEqual({ kind, subject });
      }
    }
  });

  test('case, spaces, article and full stop do not count', () => {
    expect(readSentence(' a ERROR  dialog appeared')).toEqual({ kind: 'dialog-opened', subject: 'error' });
  });

  test('anything else has no meaning', () => {
    for (const text of [
      '',
      'A terminal.',
      'A terminal opened. A menu was opened.',
      'A toaster opened.',
      '"A terminal opened."',
    ]) {
      expect(readSentence(text)).toBeUndefined();
    }
  });

  test.each([
    ['An error dialog appeared: "The key file is locked: read only."', 'dialog-opened', 'error'],
    ['The command in the terminal finished: "41 passed in 3.2s".', 'command-finished', null],
    ['A web browser opened: \u201cSay \u201chello\u201d\u201d', 'app-opened', 'browser'],
    ['오류 대화 상자가 나타났습니다: "키 파일을 열 수 없습니다."', 'dialog-opened', 'error'],
    ['웹 브라우저가 열렸습니다: 「기차 시간표」.', 'app-opened', 'browser'],
  ])('a quotation is no part of the meaning of %s', (text, kind, subject) => {
    expect(readSentence(text)).toEqual({ kind, subject });
  });

  test('similarity: 1, 0.6, 0', () => {
    const opened = readSentence('A terminal opened.');
    expect(similarity(opened, readSentence('A terminal opened.'))).toBe(1);
    expect(similarity(opened, readSentence('A chat opened.'))).toBe(0.6);
    expect(similarity(opened, readSentence('The terminal was closed.'))).toBe(0);
    expect(similarity(undefined, undefined)).toBe(0);
  });
});

describe('assignment', () => {
  test('is as cheap as the cheapest of all permutations', () => {
    let seed = 1;
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    for (let round = 0; round < 200; round++) {
      const rows = 1 + Math.floor(random() * 4);
      const columns = rows + Math.floor(random() * 3);
      const cost = Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.round(random() * 20)));
      const found = assign(cost);
      expect(new Set(found).size).toBe(rows);
      const total = found.reduce((sum, column, row) => sum + cost[row]![column]!, 0);
      expect(total).toBe(cheapest(cost));
    }
  });

  test('of nothing is nothing; more rows than columns is a mistake', () => {
    expect(assign([])).toEqual([]);
    expect(() => assign([[1], [2]])).toThrow(RangeError);
  });
});

/** By trying everything. */
function cheapest(cost: number[][], row = 0, taken: ReadonlySet<number> = new Set()): number {
  const line = cost[row];
  if (line === undefined) return 0;
  const free = line.flatMap((price, column) => (taken.has(column) ? [] : [{ price, column }]));
  return Math.min(...free.map(({ price, column }) => price + cheapest(cost, row + 1, new Set([...taken, column]))));
}

describe('matching', () => {
  const opened = (t: number, subject: Subject = 'terminal'): TrueEvent => ({ t, kind: 'app-opened', subject });
  const say = (t: number, text = 'A terminal opened.') => ({ t, text });

  test('one narration matches one event, inside the window and on its border', () => {
    expect(matchUtterances([say(12)], [opened(10)])).toEqual([{ said: 0, truth: 0, similarity: 1, dt: 2 }]);
    expect(matchUtterances([say(8)], [opened(10)])).toHaveLength(1);
    expect(matchUtterances([say(12.1)], [opened(10)])).toHaveLength(0);
    expect(matchUtterances([say(12.1)], [opened(10)], 2.5)).toHaveLength(1);
  });

  test('saying it twice matches once, and the nearer one', () => {
    const [pair, ...more] = matchUtterances([say(10.5), say(11.5)], [opened(10)]);
    expect(pair).toMatchObject({ said: 0, dt: 0.5 });
    expect(more).toHaveLength(0);
  });

  test('a right subject goes before a near time', () => {
    const pairs = matchUtterances([say(10), say(11.5, 'A chat opened.')], [opened(10.5, 'chat'), opened(11.5)]);
    expect(pairs.map(({ said, truth }) => [said, truth])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test('a poorer pair is taken when it leaves room for one more', () => {
    // The first narration fits both events, the second only the first event: both can be matched.
    const pairs = matchUtterances([say(11), say(8.5)], [opened(10), opened(12.9)]);
    expect(pairs.map(({ said, truth }) => [said, truth])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test('other kinds and other sentences match nothing', () => {
    expect(matchUtterances([say(10, 'The terminal was closed.'), say(10, 'Hello.')], [opened(10)])).toEqual([]);
  });

  test('a long stream is matched in moments', () => {
    const truth = Array.from({ length: 2000 }, (_, i) => opened(i * 1.5));
    const started = performance.now();
    expect(
      matchUtterances(
        truth.filter((_, i) => i % 3).map(({ t }) => say(t + 0.5)),
        truth,
      ).length,
    ).toBeGreaterThan(1300);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
