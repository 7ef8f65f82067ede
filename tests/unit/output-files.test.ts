import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LiveEvent } from '../../main/live/events.ts';
import { openOutputs } from '../../main/output/outputs.ts';

const events: LiveEvent[] = [
  { type: 'started', source: 'x.mp4', bundle: 'b', fps: 2, tokensPerFrame: 10 },
  { type: 'narration', t: 1, text: 'A terminal opened.', pSilent: 0.1, latencyMs: 5 },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-output-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const context = { source: 'x.mp4' };
const problem = (paths: readonly string[], options: Partial<Parameters<typeof openOutputs>[1]> = {}) =>
  openOutputs(paths, { ...context, ...options }).then(
    () => expect.unreachable('it should have been refused'),
    (error) => [error.code, error.message] as const,
  );

test('the extension decides the format', async () => {
  const names = ['a.jsonl', 'a.txt', 'a.md', 'a.srt', 'a.VTT'];
  const outputs = await openOutputs(
    names.map((name) => join(folder, name)),
    context,
  );
  for (const event of events) await outputs.write(event);
  await outputs.close();
  const [jsonl, txt, md, srt, vtt] = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  expect(jsonl!.trim().split('\n')).toHaveLength(2);
  expect(txt).toBe('[00:01.0] A terminal opened.\n');
  expect(md).toContain('- **00:01.0** A terminal opened.');
  expect(srt).toBe('1\n00:00:01,000 --> 00:00:02,500\nA terminal opened.\n\n');
  expect(vtt).toBe('WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nA terminal opened.\n\n');
});

test('events are on disk as soon as they are written', async () => {
  const path = join(folder, 'a.jsonl');
  await using outputs = await openOutputs([path], context);
  await outputs.write(events[0]!);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(events[0]);
});

test('what an earlier run left is kept until this one has something to say', async () => {
  const [old, fresh] = [join(folder, 'old.txt'), join(folder, 'fresh.txt')];
  await writeFile(old, 'from before\n');
  const failed = await openOutputs([old, fresh], context);
  await failed.close();
  expect(await readFile(old, 'utf8')).toBe('from before\n');
  expect(await readdir(folder)).toEqual(['old.txt']);

  const outputs = await openOutputs([old], context);
  for (const event of events) await outputs.write(event);
  await outputs.close();
  expect(await readFile(old, 'utf8')).toBe('[00:01.0] A terminal opened.\n');
});

test('an unknown extension is refused before anything is touched', async () => {
  const [code, message] = await problem([join(folder, 'a.srt'), join(folder, 'a.doc')]);
  expect(code).toBe('usage');
  expect(message).toContain('.jsonl .txt .md .srt .vtt .mp4');
  expect(await readdir(folder)).toEqual([]);
  expect((await problem([join(folder, 'noextension')]))[0]).toBe('usage');
});

test('the same file twice, and the source itself, are refused', async () => {
  const path = join(folder, 'a.txt');
  expect(await problem([path, `${folder}/./a.txt`])).toEqual(['usage', expect.stringContaining('given twice')]);
  await writeFile(path, 'a recording');
  await symlink(path, join(folder, 'link.txt'));
  const refusal = ['usage', expect.stringContaining('is the source itself')];
  expect(await problem([join(folder, 'link.txt')], { source: path })).toEqual(refusal);
  expect(await readFile(path, 'utf8')).toBe('a recording');
});

test('a resumed run does not replace what the first part wrote', async () => {
  const path = join(folder, 'a.srt');
  await writeFile(path, '1\n');
  expect(await problem([path], { resumed: true })).toEqual(['usage', expect.stringContaining('another name')]);
});

test('only a recording can be burnt in', async () => {
  for (const source of ['screen', 'camera:1', '-', 'rtsp://host/stream', 'window:Log']) {
    const [code, message] = await problem([join(folder, 'a.mp4')], { source });
    expect(code).toBe('usage');
    expect(message).toContain(source);
  }
});

test('a place that cannot be written is named, and what to do', async () => {
  await writeFile(join(folder, 'file'), '');
  await mkdir(join(folder, 'folder.srt'));
  for (const name of ['missing/a.srt', 'file/a.srt', 'folder.srt', `${'x'.repeat(300)}.srt`]) {
    const [code, message] = await problem([join(folder, name)]);
    expect(code, name).toBe('output-unwritable');
    expect(message).toContain(join(folder, name));
    expect(message).toMatch(/(Give --out|Create it)/);
    expect(message).not.toContain('\n');
  }
  // One bad place: the good one is left as it was.
  await problem([join(folder, 'good.srt'), join(folder, 'missing/a.srt')]);
  expect(await readdir(folder)).not.toContain('good.srt');
});
