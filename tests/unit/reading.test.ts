import { expect, test } from 'vitest';
import { inReadingOrder, paragraphs } from '../../main/reading/layout.ts';
import { decode } from '../../main/reading/recogniser.ts';
import { textBoxes } from '../../main/reading/text-boxes.ts';

const line = (x: number, y: number, width = 200, height = 16) => ({ box: { x, y, width, height } });

test('lines are read from the top, and those beside each other from the left', () => {
  const [title, left, right, below] = [line(10, 0), line(10, 40, 60), line(120, 43, 60), line(10, 80)] as const;
  expect(inReadingOrder([below, right, title, left])).toEqual([title, left, right, below]);
});

test('columns of text are read one after the other, a table row by row', () => {
  const column = (x: number, width: number) => [0, 20, 40].map((y) => line(x, y, width));
  const text = [...column(0, 200), ...column(260, 200)];
  expect(inReadingOrder(text.toReversed())).toEqual(text);
  const cells = [...column(0, 40), ...column(260, 40)];
  expect(inReadingOrder(cells)).toEqual([0, 3, 1, 4, 2, 5].map((i) => cells[i]));
});

test('a paragraph ends with a gap, another edge or another height', () => {
  const lines = [line(0, 0), line(0, 20), line(0, 70), line(40, 90), line(40, 110, 200, 30)];
  expect(paragraphs(lines)).toEqual([0, 0, 1, 2, 3]);
});

test('what hangs together in the map is one box, larger than its mark; what is faint is none', () => {
  const map = { values: new Uint8Array(100 * 40), width: 100, height: 40 };
  const mark = (x: number, y: number, width: number, height: number, value: number) => {
    for (let row = y; row < y + height; row += 1) {
      map.values.fill(value, row * map.width + x, row * map.width + x + width);
    }
  };
  mark(10, 10, 30, 4, 250);
  mark(38, 14, 20, 2, 250); // joins the one above
  mark(2, 10, 4, 2, 250);
  mark(5, 12, 3, 3, 250); // and so do these two
  mark(70, 10, 20, 4, 60); // likelier text than not, by a little: too faint as a whole
  const boxes = textBoxes(map).toSorted((a, b) => a.x - b.x);
  expect(boxes).toHaveLength(2);
  const [small, large] = boxes as [(typeof boxes)[0], (typeof boxes)[0]];
  expect(small).toMatchObject({ x: 0, y: 8 });
  expect(large.x).toBeLessThan(10);
  expect(large.x + large.width).toBeGreaterThan(58);
});

test('repeated classes are one character, with nothing between them two', () => {
  const characters = ['', 'a', 'b', ' '];
  const steps = (classes: readonly number[]) =>
    Float32Array.from(classes.flatMap((best) => characters.map((_, i) => (i === best ? 0.8 : 0.05))));
  expect(decode(steps([1, 1, 0, 1, 3, 2, 0]), characters)).toMatchObject({
    text: 'aa b',
    confidence: expect.closeTo(0.8),
  });
  expect(decode(steps([0, 0]), characters)).toMatchObject({ text: '', confidence: 0 });
});
