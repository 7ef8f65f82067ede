import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRunning } from '../../main/base/replace-file.ts';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { asOldNode, CommandLine, eventsIn, onlooker, recording } from '../support/command-line.ts';
import { narrationRow, session, temporaryFolder } from '../support/memory.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

let folder: string;
let talkative: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-cli-'));
  await writeTinyBundle(join(folder, 'tiny'));
  talkative = ['--bundle', join(folder, 'tiny'), '--threshold', '0.99', '--format', 'jsonl'];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what is too long is refused in one line', async () => {
  using place = temporaryFolder();
  {
    using memory = await openMemory({ folder: place.path, create: true });
    session(memory).write([narrationRow(1, 'A terminal opened.')]);
  }
  const many = Array.from({ length: 1200 }, (_, i) => (36 * 36 + i).toString(36).slice(1)).join(' ');
  const memory = ['--memory', place.path];
  const runs = await Promise.all([
    onlooker('narrate', recording, '--ask', 'terminal '.repeat(3700)),
    onlooker('narrate', recording, '--ask', 'terminal '.repeat(3000)),
    onlooker('search', many, ...memory),
    onlooker('search', '--by', 'words', many, ...memory),
    onlooker('search', 'x', '--app', 'x'.repeat(20_000), ...memory),
    onlooker('ask', many.replaceAll(' ', 'x '), ...memory),
    onlooker('forget', '--app', 'x'.repeat(20_000), '--last', '5m', ...memory),
  ]);
  for (const { code, stdout, stderr } of runs) {
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^onlooker: .* (Shorten it|Shorten its texts)\.\n$/);
  }
  expect(await onlooker('search', 'te '.repeat(1200), '--by', 'words', ...memory)).toMatchObject({ code: 0 });
});

const manyFrames = (stdout: string) => (stdout.match(/"type":"frame"/g)?.length ?? 0) >= 4;
const read = (name: string) => readFile(join(folder, name), 'utf8');

test('a reader that goes away ends the run quietly, with complete files', async () => {
  const files = ['--out', join(folder, 'head.jsonl')];
  const run = new CommandLine(['narrate', recording, ...talkative, '--realtime', ...files]);
  await run.until(manyFrames);
  run.child.stdout.destroy();
  const { code, stderr } = await run.ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(eventsIn(await read('head.jsonl')).at(-1)).toMatchObject({ type: 'finished', complete: false });
});

describe.each([
  ['the program', []],
  ['the launcher on an old Node', asOldNode],
])('a signal to %s', (_name, nodeOptions) => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s: exit code 130, files complete up to there', async (signal) => {
    const names = ['int.jsonl', 'int.srt', 'int.vtt', 'int.md'];
    const files = names.flatMap((name) => ['--out', join(folder, name)]);
    const run = new CommandLine(['narrate', recording, ...talkative, '--realtime', ...files], { nodeOptions });
    await run.until(manyFrames);
    run.child.kill(signal);
    const { code, stdout, stderr } = await run.ended;
    expect([code, stderr]).toEqual([130, '']);
    const events = eventsIn(stdout);
    expect(events.at(-1)).toMatchObject({ type: 'finished', complete: false });
    expect(eventsIn(await read('int.jsonl'))).toEqual(events);
    expect(await read('int.srt')).toMatch(/\n\n$/);
    expect(await read('int.vtt')).toMatch(/^WEBVTT\n\n(.|\n)*\n\n$/);
    expect(await read('int.md')).toMatch(/Interrupted after .*\n$/);
  });
});

test('a second Ctrl-C ends at once what the first did not; an echo of the first does not', async () => {
  const interrupt = fileURLToPath(new URL('../../main/cli/interrupt.ts', import.meta.url));
  const stubborn = `
    import { Interrupt } from ${JSON.stringify(interrupt)};
    const interrupt = new Interrupt();
    interrupt.signal.addEventListener('abort', () => console.log('asked to end'));
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', stubborn], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  await sleep(500);
  expect(child.exitCode).toBeNull();
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(130);
});

test('a second Ctrl-C while a video is encoded leaves neither its encoder nor a part of it', async () => {
  const folderOfVideo = join(folder, 'encoded');
  await mkdir(folderOfVideo);
  const encoder = join(folder, 'never-done');
  const { path } = await findFfmpeg();
  const script = `#!/bin/sh
case "$*" in
  *video.mp4*) echo $$ > ${folder}/encoder.pid; exec sleep 600 ;;
  *) exec ${path} "$@" ;;
esac
`;
  await writeFile(encoder, script, { mode: 0o755 });
  const args = ['narrate', recording, ...talkative, '--duration', '2', '--out', join(folderOfVideo, 'a.mp4')];
  const run = new CommandLine(args, { env: { FFMPEG_PATH: encoder } });
  const pid = () => Number(readFileSync(join(folder, 'encoder.pid'), 'utf8'));
  await expect.poll(pid, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(isRunning(pid())).toBe(true);
  run.child.kill('SIGINT');
  await sleep(500);
  run.child.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
  await expect.poll(() => isRunning(pid())).toBe(false);
  expect(await readdir(folderOfVideo)).toEqual([]);
});

test('killed in mid-stream, what is on disk is whole lines and whole cues', async () => {
  const files = ['kill.jsonl', 'kill.srt'].flatMap((name) => ['--out', join(folder, name)]);
  const run = new CommandLine(['narrate', recording, ...talkative, '--realtime', ...files]);
  await run.until(manyFrames);
  run.child.kill('SIGKILL');
  await run.ended;
  const events = eventsIn(await read('kill.jsonl'));
  // Files are written before standard output is: nothing that was seen is missing.
  expect(events.length).toBeGreaterThanOrEqual(run.stdout.split('\n').length - 1);
  expect(await read('kill.srt')).toMatch(/^$|\n\n$/);
});

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  test('under an output file: exit code 5, a failed event, one line', async () => {
    await symlink('/dev/full', join(folder, 'full.jsonl'));
    const files = ['--out', join(folder, 'good.jsonl'), '--out', join(folder, 'full.jsonl')];
    const { code, stdout, stderr } = await new CommandLine(['narrate', recording, ...talkative, ...files]).ended;
    expect(code).toBe(5);
    expect(stderr).toMatch(/^onlooker: Cannot write .*full\.jsonl: the disk is full\. .*\n$/);
    expect(eventsIn(stdout).at(-1)).toMatchObject({ type: 'failed', code: 'output-unwritable' });
    expect(eventsIn(await read('good.jsonl'))[0]).toMatchObject({ type: 'started' });
  });

  test('under standard output: exit code 5, one line', async () => {
    const launcher = fileURLToPath(new URL('../../main/cli/onlooker.js', import.meta.url));
    const stdio = ['ignore', openSync('/dev/full', 'w'), 'pipe'] as const;
    const child = spawn(process.execPath, [launcher, 'narrate', recording, ...talkative], { stdio: [...stdio] });
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/^onlooker: Cannot write standard output: the disk is full/),
    ]);
  });
});
