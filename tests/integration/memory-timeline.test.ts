/** The memory as a timeline shows it: days, moments, pictures and the curve, a page at a time. */
import { expect, test } from 'vitest';
import { readThumbnail } from '../../main/memory/find/thumbnails.ts';
import { days, momentsIn, picturesIn, silenceCurve } from '../../main/memory/find/timeline.ts';
import type { Row } from '../../main/memory/record/recorder-messages.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { frameRow, narrationRow, session } from '../support/memory.ts';
import { memoryForEachTest } from '../support/memory-for-each-test.ts';

let memory: Connection;
memoryForEachTest((opened) => {
  memory = opened;
});

const everything = { from: 0, before: Number.MAX_SAFE_INTEGER };

test('days are those of the local clock, latest first', () => {
  const at = (day: number, hours: number, minutes = 0) => new Date(2026, 4, day, hours, minutes).getTime();
  session(memory).write([
    ...[frameRow(0, at(1, 0)), frameRow(1, at(1, 23, 59)), frameRow(2, at(2, 0))],
    ...[narrationRow(2, 'A terminal opened.', at(2, 0)), narrationRow(9, 'It closed.', at(4, 12))],
  ]);
  expect(days(memory)).toEqual([
    { at: at(4, 0), frames: 0, utterances: 1 },
    { at: at(2, 0), frames: 1, utterances: 1 },
    { at: at(1, 0), frames: 2, utterances: 0 },
  ]);
});

test('pages of moments hold every text once, in order', () => {
  session(memory).write(Array.from({ length: 450 }, (_, i) => narrationRow(20 * i, `Text ${i}.`)));
  const texts: string[] = [];
  const sizes: number[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = momentsIn(memory, everything, after);
    texts.push(...page.moments.flatMap(({ utterances }) => utterances.map(({ text }) => text)));
    sizes.push(page.moments.length);
    after = page.next;
  }
  expect(texts).toEqual(Array.from({ length: 450 }, (_, i) => `Text ${i}.`));
  expect(sizes).toEqual([200, 200, 50]);
});

test('pictures are spread evenly over the span', () => {
  const jpeg = new Uint8Array([255, 216, 255, 217]);
  const pictures = Array.from({ length: 100 }, (_, t) => ({ t, at: 1000 + t, width: 4, height: 2, jpeg }));
  session(memory).write([], pictures);
  const times = (most: number, span = everything) => picturesIn(memory, span, most).map(({ t }) => t);
  expect(times(5)).toEqual([0, 20, 40, 60, 80]);
  expect(times(3)).toHaveLength(3);
  expect(times(1)).toEqual([0]);
  expect(times(1000)).toHaveLength(100);
  expect(times(2, { from: 1050, before: 1060 })).toEqual([50, 55]);
  expect(times(5, { from: 1, before: 2 })).toEqual([]);
  expect(readThumbnail(memory, picturesIn(memory, everything, 1)[0]!.id)).toEqual(jpeg);
});

test('the curve shows a single frame on which it spoke, from any distance', () => {
  const frame = (at: number, pSilent: number, changed = 0): Row => {
    return { type: 'frame', t: at / 1000, at, pSilent, changed, embedding: undefined };
  };
  const spoken = 777;
  session(memory).write(
    Array.from({ length: 1000 }, (_, i) => frame(i, i === spoken ? 0.01 : 0.99, i === spoken ? 3 : 0)),
  );
  const curve = silenceCurve(memory, { from: 0, before: 2000 }, 20);
  expect(curve.map(({ at }) => at)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  expect(curve[7]).toMatchObject({ at: 700, least: 0.01, changed: true, mean: expect.closeTo(0.9802, 4) });
  expect(curve[6]).toMatchObject({ least: 0.99, changed: false });
  expect(silenceCurve(memory, { from: 770, before: 780 }, 100)).toHaveLength(10);
  expect(silenceCurve(memory, { from: 5000, before: 6000 }, 10)).toEqual([]);
});
