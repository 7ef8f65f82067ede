import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deepestJson, parseJson } from '../../main/base/json.ts';
import { readWhole } from '../../main/base/read-whole.ts';
import { readDataSet } from '../../main/evaluation/data-set.ts';

const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

test('JSON is read to a depth, and brackets in texts do not count', () => {
  expect(parseJson('{"a":"[[{\\\\\\"[","b":[1,{"c":null}]}')).toEqual({ a: '[[{\\"[', b: [1, { c: null }] });
  const texts = JSON.stringify(Array.from({ length: 1000 }, () => '[{"\\'));
  expect(JSON.stringify(parseJson(texts))).toBe(texts);
  expect(() => parseJson(nested(deepestJson))).not.toThrow();
  for (const depth of [deepestJson + 2, 100_000]) expect(() => parseJson(nested(depth))).toThrow(/nested/);
  expect(() => parseJson('{"a"')).toThrow(SyntaxError);
});

test('annotations that are nested too deeply, or that are no file, are refused with a code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-json-'));
  try {
    const path = join(folder, 'annotations.jsonl');
    writeFileSync(path, `{"video":"a.mp4","t":1,"kind":"open","more":${nested(200_000)}}\n`);
    await expect(readDataSet(folder)).rejects.toMatchObject({ code: 'source-unreadable' });
    await expect(readWhole(folder, 10)).rejects.toThrow(/not a file|EISDIR/);
    await expect(readWhole(path, 10)).rejects.toThrow(/at most 10/);
    await expect(readWhole('/dev/zero', 10)).rejects.toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
