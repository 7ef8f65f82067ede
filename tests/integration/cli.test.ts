import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { runFfmpeg } from '../../main/capture/run-ffmpeg.ts';
import { asOldNode, CommandLine, eventsIn, onlooker, recording } from '../support/command-line.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

let folder: string;
/** Options for a bundle that knows nothing and talks a lot. */
let talkative: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-cli-'));
  await writeTinyBundle(join(folder, 'tiny'));
  talkative = ['--bundle', join(folder, 'tiny'), '--threshold', '0.99'];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('jsonl: events on standard output, one a line, and nothing else anywhere', async () => {
  const { code, stdout, stderr } = await onlooker(
    'narrate',
    recording,
    ...talkative,
    '--duration',
    '10',
    '--format',
    'jsonl',
  );
  expect([code, stderr]).toEqual([0, '']);
  const events = eventsIn(stdout);
  expect(events[0]).toMatchObject({ type: 'started', bundle: 'tiny', fps: 2, tokensPerFrame: 10 });
  expect(events.at(-1)).toMatchObject({ type: 'finished', frames: 20, complete: true });
  expect(events.filter(({ type }) => type === 'frame')).toHaveLength(20);
});

test('text: times and words; the summary goes to standard error, and no progress bar to a pipe', async () => {
  const args = ['--ask-at', '3=What is open?', '--duration', '10'];
  const { code, stdout, stderr } = await onlooker('narrate', recording, ...talkative, ...args);
  expect(code).toBe(0);
  for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^\[\d\d:\d\d\.\d\] /);
  expect(stdout).toContain('[00:03.0] Q: What is open? / A: ');
  expect(stderr).toMatch(/^Watched 00:10\.0 \(20 frames\) in .*\n$/);
});

test('files of every kind from one run, the video with words drawn on it', async () => {
  const out = join(folder, 'files');
  const names = ['a.jsonl', 'a.txt', 'a.md', 'a.srt', 'a.vtt', 'a.mp4'];
  await mkdir(out);
  const span = ['--from', '5', '--duration', '6'];
  const files = names.flatMap((name) => ['--out', join(out, name)]);
  const { code, stdout } = await onlooker('narrate', recording, ...talkative, ...span, ...files);
  expect(code).toBe(0);
  expect((await readdir(out)).sort()).toEqual(names.sort()); // and no temporary file
  expect(await readFile(join(out, 'a.txt'), 'utf8')).toBe(stdout);
  expect(await readFile(join(out, 'a.srt'), 'utf8')).toContain('00:00:05,');

  const ffmpeg = (await findFfmpeg()).path;
  const about = await runFfmpeg(ffmpeg, ['-i', join(out, 'a.mp4'), '-t', '0', '-f', 'null', '-'], out);
  expect(about).toMatch(/Duration: 00:00:06/);
  // The lower fifth of the picture, where the words are, differs from the recording; the upper half does not.
  const difference = async (crop: string) => {
    const inputs = ['-ss', '0.4', '-i', join(out, 'a.mp4'), '-ss', '5.4', '-i', recording];
    const graph = `[0:v]crop=${crop}[a];[1:v]crop=${crop}[b];[a][b]psnr`;
    const said = await runFfmpeg(ffmpeg, [...inputs, '-lavfi', graph, '-frames:v', '1', '-f', 'null', '-'], out);
    return Number(/average:([\d.]+|inf)/.exec(said)?.[1]?.replace('inf', '100'));
  };
  expect(await difference('iw:ih/2:0:0')).toBeGreaterThan(35);
  expect(await difference('iw:ih/5:0:ih*4/5')).toBeLessThan(30);
});

describe('errors: one line on standard error, the exit code of their family, a failed event for jsonl', () => {
  const missing = join(tmpdir(), 'onlooker-no-such-folder');
  test.each([
    ['usage', 2, [recording, '--threshold', '7']],
    ['usage', 2, [recording, '--out', 'a.doc']],
    ['usage', 2, ['screen', '--out', 'a.mp4']],
    ['source-not-found', 3, [join(missing, 'a.mp4')]],
    ['source-unsupported', 3, ['gopher://host/a.mp4']],
    ['bundle-missing', 4, [recording, '--bundle', missing]],
    ['snapshot-unusable', 4, [recording, '--resume', join(missing, 'a')]],
    ['output-unwritable', 5, [recording, '--out', join(missing, 'a.srt')]],
    ['output-unwritable', 5, [recording, '--out', join(missing, 'a.mp4')]],
  ])('%s: %i', async (name, exitCode, args) => {
    const bundle = args.includes('--bundle') ? [] : talkative.slice(0, 2);
    const { code, stdout, stderr } = await onlooker('narrate', ...args, ...bundle, '--format', 'jsonl');
    expect(stderr).toMatch(/^onlooker: .+\n$/);
    expect(code).toBe(exitCode);
    const parsedArguments = !args.includes('--threshold'); // before that, nothing is known of jsonl
    if (parsedArguments)
      expect(eventsIn(stdout)).toEqual([{ type: 'failed', code: name, message: expect.any(String) }]);
  });

  test('unknown commands and options', async () => {
    expect(await onlooker('frobnicate')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^.*--help.*\n$/),
    });
    expect(await onlooker('models', 'install', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not available'),
    });
  });

  test('--verbose adds the cause', async () => {
    const { stderr } = await onlooker('narrate', recording, '--out', join(missing, 'a.srt'), '--verbose');
    expect(stderr.split('\n')[1]).toMatch(/because: ENOENT/);
  });
});

test('help and version', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await onlooker('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  expect((await onlooker('--help')).stdout).toContain('narrate');
  expect((await onlooker('narrate', '--help')).stdout).toContain('--ask-at');
});

test('a Node that is too old hands over to the packaged one, exit code included', async () => {
  const old = (...args: string[]) => new CommandLine(args, { nodeOptions: asOldNode }).ended;
  expect(await old('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d/), stderr: '' });
  expect(await old('narrate', 'no-such.mp4', '--format', 'xml')).toMatchObject({ code: 2 });
});

test('models', async () => {
  expect(await onlooker('models', 'verify', join(folder, 'tiny'))).toMatchObject({ code: 0, stderr: '' });
  expect(await onlooker('models', 'verify', join(folder, 'none'))).toMatchObject({ code: 4 });
  const installed = join(folder, 'home', 'onlooker', 'bundles');
  for (let i = 0; i < 12; i++) await mkdir(join(installed, `unusable ${i}`), { recursive: true });
  const env = { XDG_DATA_HOME: join(folder, 'home') };
  const listed = await new CommandLine(['models', 'list'], { env }).ended;
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout.split('\n')).toHaveLength(2 + 12 + 1);
});

test('doctor says what is here', async () => {
  const { code, stdout } = await onlooker('doctor', '--bundle', join(folder, 'tiny'));
  expect(code).toBe(0);
  for (const part of ['Node', 'ffmpeg', 'llama.cpp', 'Bundle', 'ONNX Runtime', 'Display', 'Cameras', 'Memory']) {
    expect(stdout).toMatch(new RegExp(`^(ok|none) +${part} +\\S`, 'm'));
  }
});

test('start without a display narrates the sample recording, and says so', async () => {
  const options = { env: { DISPLAY: '', WAYLAND_DISPLAY: '' } };
  const { code, stderr, stdout } = await new CommandLine(['start', ...talkative, '--duration', '3'], options).ended;
  expect(stderr).toContain('desk.mp4');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^\[00:0/)]);
});
