import { expect, test } from 'vitest';
import { type Hit, intoMoments } from '../../main/memory/find/moments.ts';
import type { Row } from '../../main/memory/record/recorder-messages.ts';
import { RowBuffer } from '../../main/memory/record/row-buffer.ts';
import { ThumbnailSchedule } from '../../main/memory/record/thumbnail-schedule.ts';
import { packEmbedding, unpackEmbedding } from '../../main/memory/store/embedding.ts';
import { likePattern, parseSearch, wordsIn } from '../../main/memory/store/search-terms.ts';

test('an embedding keeps its direction in half the bytes', () => {
  const length = 128;
  const random = Float32Array.from({ length }, (_, i) => Math.sin(i * i));
  const norm = Math.hypot(...random);
  const embedding = random.map((value) => value / norm);
  const packed = packEmbedding(embedding);
  expect(packed).toHaveLength(2 * length + 1);
  const back = unpackEmbedding(packed);
  const cosine = back.reduce((sum, value, i) => sum + value * embedding[i]!, 0) / Math.hypot(...back);
  expect(Math.abs(1 - cosine)).toBeLessThan(1e-4);
  expect(() => unpackEmbedding(packed.subarray(1))).toThrow(/not a stored embedding/);
});

test('pictures are kept when something changed, and when something was said, but not too many', () => {
  const schedule = new ThumbnailSchedule({ everySeconds: 30, apartSeconds: 10 });
  expect(schedule.onFrame(0, 240)).toBe(true);
  expect(schedule.onReply(0)).toBe(false); // that picture is kept already
  expect(schedule.onFrame(29, 5)).toBe(false);
  expect(schedule.onFrame(30, 0)).toBe(true); // the change at 29 s has not been kept yet
  expect(schedule.onFrame(90, 0)).toBe(false); // nothing changed since
  expect(schedule.onReply(90)).toBe(false);
  expect(schedule.onFrame(91, 3)).toBe(true);
  expect(schedule.onFrame(95, 3)).toBe(false);
  expect(schedule.onReply(95)).toBe(false);
  expect(schedule.onReply(101)).toBe(true);
  expect(schedule.onFrame(2, 240)).toBe(true); // the source began anew
});

const frame = (t: number): Row => ({ type: 'frame', t, at: t, pSilent: 1, changed: 0, embedding: undefined });
const text = (t: number): Row => ({ type: 'narration', t, at: t, text: `at ${t}`, pSilent: 0 });

test('a buffer that may not grow gives frames up before texts, and knows which', () => {
  const buffer = new RowBuffer(20);
  for (let t = 0; t < 40; t++) buffer.add(t % 4 === 0 ? text(t) : frame(t));
  expect(buffer.length).toBeLessThanOrEqual(20);
  expect(buffer.takeLost()).toMatchObject({ from: 1 });
  expect(buffer.takeLost()).toBeUndefined();
  const kept = buffer.take(100);
  expect(kept.filter((row) => row.type === 'narration')).toHaveLength(10);
  expect(kept.map((row) => (row.type === 'gap' ? row.from : row.t))).toEqual(
    kept.map((row) => (row.type === 'gap' ? row.from : row.t)).toSorted((a, b) => a - b),
  );
  for (let t = 0; t < 30; t++) buffer.add(text(t)); // nothing but texts: then the oldest of them
  expect(buffer.length).toBeLessThanOrEqual(20);
  expect(buffer.take(100).at(-1)).toMatchObject({ t: 29 });
});

test('rows that were refused come first again', () => {
  const buffer = new RowBuffer();
  for (const t of [1, 2, 3]) buffer.add(frame(t));
  const taken = buffer.take(2);
  buffer.add(frame(4));
  buffer.putBack(taken);
  expect(buffer.take(9).map((row) => row.type === 'frame' && row.t)).toEqual([1, 2, 3, 4]);
});

test.each([
  ['build failed', ['build', 'failed'], ['build', 'failed'], []],
  ['"build failed" ok', ['build failed', 'ok'], ['build failed'], ['ok']],
  ['메일 터미널', ['메일', '터미널'], ['터미널'], ['메일']],
  ['AND NOT * (a', ['AND', 'NOT', '*', '(a'], ['and', 'not'], ['*', '(a']],
  ['unfinished "quote', ['unfinished', 'quote'], ['unfinished', 'quote'], []],
  ['""  " "', [], [], []],
  ['build\0done a\0\0', ['build', 'done', 'a'], ['build', 'done'], ['a']],
])('%j is searched for as %j', (typed, words, indexed, short) => {
  expect(parseSearch(typed)).toEqual({ words, indexed, short });
});

test('letters of a search mean themselves', () => {
  expect(likePattern('50%_\\')).toBe('%50\\%\\_\\\\%');
  expect(wordsIn('Ein Fenster wurde GEÖFFNET.', ['geoff', 'Fenster', 'zu'])).toEqual(['geoff', 'Fenster']);
  expect(wordsIn('터미널이 열렸다', ['미널'])).toEqual(['미널']);
});

test('hits that lie close together are one moment; the best comes first, then the latest', () => {
  const hit = (session: number, t: number, rank: number): Hit => ({
    ...{ session, source: 'screen', t, at: 1000 * t, rank, matched: [{ in: 'narration', words: ['a'] }] },
    utterance: { t, at: 1000 * t, kind: 'narration', text: 'a' },
  });
  const moments = intoMoments([hit(1, 0, -1), hit(1, 100, -3), hit(1, 12, -1), hit(2, 5, -1)]);
  expect(moments.map(({ session, from, to }) => [session, from, to])).toEqual([
    [1, 100, 100],
    [2, 5, 5],
    [1, 0, 12],
  ]);
  const endless = intoMoments(Array.from({ length: 20 }, (_, i) => hit(1, 10 * i, -1)));
  expect(Math.max(...endless.map(({ from, to }) => to - from))).toBe(60);
});

test('what two searches found comes first, then what each found best; a moment says both reasons', () => {
  const said = (t: number, rank: number): Hit => ({
    ...{ session: 1, source: 'screen', t, at: 1000 * t, rank, matched: [{ in: 'narration', words: ['a'] }] },
    utterance: { t, at: 1000 * t, kind: 'narration', text: 'a' },
  });
  const seen = (t: number, rank: number, likeness: number): Hit => ({
    ...{ session: 1, source: 'screen', t, at: 1000 * t, rank, matched: [{ in: 'picture', likeness }] },
  });
  const moments = intoMoments(
    [said(0, -9), said(300, -2), said(305, -2)],
    [seen(600, 0, 0.6), seen(310, 1, 0.5), seen(302, 2, 0.4), seen(900, 3, 0.3)],
  );
  expect(moments.map(({ from, to }) => [from, to])).toEqual([
    [300, 310],
    [600, 600],
    [0, 0],
    [900, 900],
  ]);
  expect(moments[0]).toMatchObject({
    utterances: [{ t: 300 }, { t: 305 }],
    matched: [
      { in: 'narration', words: ['a'] },
      { in: 'picture', likeness: 0.5 },
    ],
  });
  expect(moments[1]).toMatchObject({ utterances: [], matched: [{ in: 'picture', likeness: 0.6 }] });
});
