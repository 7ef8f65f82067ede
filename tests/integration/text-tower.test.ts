/** Texts in the space of pictures: the committed bundle's tokenizer and text tower. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bundle } from '../../main/bundle/bundle.ts';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { ByteLevelBpe } from '../../main/vision/byte-level-bpe.ts';
import { openTextTower, type TextTower } from '../../main/vision/text-tower.ts';
import { trainingPython } from '../support/needs.ts';

let bundle: Bundle;
let tower: TextTower;
beforeAll(async () => {
  bundle = await openBundle();
  tower = (await openTextTower(bundle))!;
});
afterAll(() => tower[Symbol.asyncDispose]());

// What Hugging Face's tokenizers 0.23.3 makes of them with the bundle's tokenizer.json.
test.each([
  ['a web browser', [70, 362, 364]],
  ['The build failed.', [347, 273, 90, 462, 73, 281, 70, 462, 283, 19]],
  ['\ud130\ubbf8\ub110\uc5d0\uc11c \uba54\uc77c\uc744 \uc5f4\uc5c8\ub2e4.', [695, 732, 955, 835, 749, 319, 307, 19]],
  [' two  spaces\n\tand tabs ', [264, 92, 84, 226, 469, 70, 72, 287, 204, 203, 430, 73, 264, 70, 71, 88, 226]],
  ["don't we'll", [73, 352, 12, 89, 267, 74, 12, 339]],
  [
    'Z\u00fcrich 1234 \u2014 \u65e5\u672c\u8a9e \ud83c\udf89',
    [
      63, 133, 126, 87, 489, 77, 226, 22, 23, 24, 25, 226, 164, 228, 248, 226, 168, 251, 104, 168, 256, 111, 170, 109,
      258, 226, 178, 259, 242, 237,
    ],
  ],
  ['a\u00a0b\u3000c  ', [70, 132, 260, 71, 165, 228, 228, 72, 226, 226]],
  [
    'na\u00efve e\u0301 12\u00b2\u00bd\u0673',
    [83, 70, 133, 113, 91, 74, 582, 142, 229, 226, 22, 23, 132, 116, 132, 127, 155, 117],
  ],
  ['a\ufeffb\u0085c', [70, 177, 125, 129, 71, 132, 233, 72]],
  ['', []],
])('the ids of %j are those that the model was trained with', async (text, ids) => {
  const words = await ByteLevelBpe.open(bundle.path('tokenizer')!);
  expect(words.encode(text)).toEqual(ids);
});

test('special tokens are only text', async () => {
  const words = await ByteLevelBpe.open(bundle.path('tokenizer')!);
  expect(words.encode('<|pad|>')).not.toContain(5);
});

const python = trainingPython();
const inPython = `
import json, sys
import numpy as np, onnxruntime
from tokenizers import Tokenizer
folder, text = sys.argv[1:]
ids = np.array([Tokenizer.from_file(folder + '/tokenizer.json').encode(text).ids], np.int64)
session = onnxruntime.InferenceSession(folder + '/text.onnx')
print(json.dumps(session.run(None, {session.get_inputs()[0].name: ids})[0][0].tolist()))
`;

test.skipIf(python.missing).each(['a web browser', 'a dark desktop with a terminal in front'])(
  `%j lies where Python puts it ${python.missing ?? ''}`,
  async (text) => {
    const { stdout, stderr } = spawnSync(python.path, ['-c', inPython, bundle.folder, text], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const expected = JSON.parse(stdout) as number[];
    const embedding = await tower.embed(text);
    expect(embedding).toHaveLength(expected.length);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    for (const [i, value] of expected.entries()) expect(embedding[i]).toBeCloseTo(value, 4);
  },
);

test('a long text is cut, an empty one is a mistake', async () => {
  const long = 'a terminal '.repeat(100);
  expect(await tower.embed(long)).toEqual(await tower.embed(`${long} and more`));
  await expect(tower.embed('')).rejects.toThrow(/no embedding/);
});

test('a bundle without a text tower has none', async () => {
  expect(await openTextTower({ ...bundle, path: () => undefined as never })).toBeUndefined();
});
