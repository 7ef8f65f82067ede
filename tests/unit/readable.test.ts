import { expect, test } from 'vitest';
import { titleText, worthRepeating } from '../../native-models/desk-world/readable.ts';

test.each([
  ['table-0.csv - Gnumeric', 'table-0.csv'],
  ['*~/Letters/letter-0.txt [Read Only] - Mousepad', 'letter-0.txt'],
  ['picture-1.png (800x420) 80%', 'picture-1.png'],
  ['feh [1 of 4] - /tmp/desk/Pictures/picture-0.png', 'picture-0.png'],
  ['/tmp/desk.0/Papers/paper-0.pdf', 'paper-0.pdf'],
  ['Train times - Chromium', 'Train times'],
  ['Version 2.1 - what is new - Browser', 'Version 2.1 - what is new'],
  ['Qalculate!', 'Qalculate!'],
])('the title "%s" tells of %s', (title, text) => {
  expect(titleText(title)).toBe(text);
});

test('worth repeating is what the sentence does not say anyway, once', () => {
  const texts = ['Error', 'An error dialog', 'Could not save', 'ok', '100 %', 'Could not save'];
  expect(worthRepeating(texts, 'An error dialog appeared.')).toEqual(['Could not save', '100 %']);
});
