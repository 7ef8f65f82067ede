import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { CommandLine, eventsIn, onlooker } from '../support/command-line.ts';
import { ffmpegProcesses } from '../support/processes.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

/** Whatever a user can do wrong, and whatever can go wrong: one line that says what and what next, and an exit code. */
const desk = fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url));
let folder: string;
let bundle: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-faults-'));
  bundle = at('bundle');
  await writeTinyBundle(bundle);
  mkdirSync(at('a folder'));
  writeFileSync(at('empty.mp4'), '');
  writeFileSync(at('text.mp4'), 'This was never a film.\n'.repeat(100));
  const { path } = await findFfmpeg();
  spawnSync(path, ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=2', '-c:a', 'aac', at('sound.m4a')]);
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs `narrate` and expects one line of complaint, the exit code, and no ffmpeg left behind. */
async function refused(code: number, words: RegExp, args: readonly string[], env?: NodeJS.ProcessEnv) {
  const { code: exitCode, stderr } = await new CommandLine(['narrate', ...args], env && { env }).ended;
  expect(stderr).toMatch(words);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(exitCode).toBe(code);
  expect(ffmpegProcesses(folder)).toEqual([]);
}

describe('a source that cannot be read', () => {
  test.each([
    ['a missing file', 'none.mp4', /none\.mp4/],
    ['a folder', 'a folder', /folder/],
    ['an empty file', 'empty.mp4', /empty/],
    ['text renamed', 'text.mp4', /text\.mp4/],
    ['sound without pictures', 'sound.m4a', /no (video|picture)/i],
  ])('%s', (_, name, words) => refused(3, words, [at(name), '--bundle', bundle]));

  test('an unknown URL scheme', () => refused(3, /gopher/, ['gopher://example.org/x', '--bundle', bundle]));
  test('no display', () =>
    refused(3, /DISPLAY/, ['screen', '--bundle', bundle], { DISPLAY: undefined, WAYLAND_DISPLAY: undefined }));
  test('a display that is not there', () => refused(3, /:987/, ['screen', '--bundle', bundle], { DISPLAY: ':987' }));
  test('a camera that is not there', () => refused(3, /camera/, ['camera:/dev/video97', '--bundle', bundle]));
});

describe('a recording that is damaged', () => {
  test('cut short: what is there is narrated, and the run ends in order', async () => {
    const bytes = readFileSync(desk);
    writeFileSync(at('cut.mp4'), bytes.subarray(0, bytes.length >> 1));
    const { code, stdout } = await onlooker('narrate', at('cut.mp4'), '--bundle', bundle, '--format', 'jsonl');
    expect(code).toBe(0);
    const events = eventsIn<LiveEvent>(stdout);
    expect(events.filter(({ type }) => type === 'frame').length).toBeGreaterThan(20);
    expect(events.at(-2)).toMatchObject({ type: 'gap', reason: 'ended', to: 74.6 });
    expect(events.at(-1)).toMatchObject({ type: 'finished' });
  });

  test('without its index, as a killed recorder leaves it: refused', async () => {
    const { path } = await findFfmpeg();
    spawnSync(path, ['-v', 'error', '-i', desk, '-c', 'copy', at('index-last.mp4')]);
    const bytes = readFileSync(at('index-last.mp4'));
    writeFileSync(at('no-index.mp4'), bytes.subarray(0, bytes.length >> 1));
    await refused(3, /no-index\.mp4/, [at('no-index.mp4'), '--bundle', bundle]);
  });

  test('bits flipped: never a crash, never a hang', async () => {
    const bytes = readFileSync(desk);
    for (let i = 20_000; i < bytes.length - 20_000; i += 9_973) bytes[i]! ^= 0x55;
    writeFileSync(at('flipped.mp4'), bytes);
    const ended = await onlooker('narrate', at('flipped.mp4'), '--bundle', bundle, '--format', 'jsonl');
    expect([0, 3]).toContain(ended.code);
    expect(eventsIn<LiveEvent>(ended.stdout).at(-1)?.type).toMatch(/finished|failed/);
    expect(ffmpegProcesses(folder)).toEqual([]);
  });
});

describe('a bundle that cannot be used', () => {
  const spoilt = async (
    name: string,
    spoil: (folder: string) => void,
    change?: Parameters<typeof writeTinyBundle>[1],
  ) => {
    await writeTinyBundle(at(name), change);
    spoil(at(name));
    return at(name);
  };
  test('is not there', () => refused(4, /models list/, [desk, '--bundle', 'no-such-bundle']));
  test('lacks a file', async () => {
    const dir = await spoilt('no-vision', (d) => spawnSync('rm', [join(d, 'vision.onnx')]));
    await refused(4, /vision\.onnx/, [desk, '--bundle', dir]);
  });
  test('has a changed file', async () => {
    const dir = await spoilt('changed', (d) => {
      const bytes = readFileSync(join(d, 'language.gguf'));
      bytes[bytes.length - 5]! ^= 1;
      writeFileSync(join(d, 'language.gguf'), bytes);
    });
    await refused(4, /language\.gguf/, [desk, '--bundle', dir]);
  });
  test('has a model that is cut short', async () => {
    const dir = await spoilt('short', (d) => truncateSync(join(d, 'language.gguf'), 90_000));
    await refused(4, /language\.gguf/, [desk, '--bundle', dir]);
  });
  test('has a graph of another shape', async () => {
    const dir = await spoilt(
      'shape',
      () => {},
      (manifest) => {
        manifest.vision.tokensPerFrame = 7;
      },
    );
    await refused(4, /vision\.onnx.*7|7.*vision\.onnx/, [desk, '--bundle', dir]);
  });
  test('has a vocabulary without its own protocol', async () => {
    const dir = await spoilt(
      'vocabulary',
      () => {},
      (manifest) => {
        manifest.protocol.silence = '<|nothing to say|>';
      },
    );
    await refused(4, /nothing to say/, [desk, '--bundle', dir]);
  });
});

describe('an output that cannot be written', () => {
  test('its folder is missing', () => refused(5, /none/, [desk, '--bundle', bundle, '--out', at('none/a.srt')]));
  test('its folder is a file', () =>
    refused(5, /empty\.mp4/, [desk, '--bundle', bundle, '--out', at('empty.mp4/a.srt')]));
  test('the snapshot has no place', () =>
    refused(5, /snapshot/, [desk, '--bundle', bundle, '--duration', '5', '--snapshot', at('none/a.snapshot')]));
});

describe('a snapshot that cannot be used', () => {
  test('cut short', async () => {
    const snapshot = at('cut.snapshot');
    await onlooker('narrate', desk, '--bundle', bundle, '--duration', '3', '--snapshot', snapshot);
    truncateSync(snapshot, readFileSync(snapshot).length - 100);
    await refused(4, /cut\.snapshot/, [desk, '--bundle', bundle, '--resume', snapshot]);
    expect(existsSync(snapshot)).toBe(true);
  });
});

describe('killed', () => {
  test('in mid-stream: resumed from its snapshot, it decides as one never killed', async () => {
    const snapshot = at('killed.snapshot');
    // One frame at a time: with random weights, rounding in batches of another size would decide differently.
    const own = at('killed.mp4'); // other test files have ffmpeg read the shared recording at the same time
    copyFileSync(desk, own);
    const run = ['narrate', own, '--bundle', bundle, '--format', 'jsonl', '--batch', '1'];
    const whole = eventsIn<LiveEvent>((await onlooker(...run)).stdout);

    const killed = new CommandLine([...run, '--snapshot', snapshot, '--snapshot-every', '0.2', '--realtime']);
    await killed.until(() => existsSync(snapshot));
    await sleep(2_500);
    killed.child.kill('SIGKILL');
    await killed.ended;

    const rest = eventsIn<LiveEvent>((await onlooker(...run, '--resume', snapshot)).stdout).filter(isTold);
    expect(rest.length).toBeGreaterThan(50);
    const same = whole.filter(isTold).slice(-rest.length);
    expect(rest.map(essence)).toEqual(same.map(essence));
    for (let waited = 0; waited < 3_000 && ffmpegProcesses(own).length > 0; waited += 100) await sleep(100);
    expect(ffmpegProcesses(own)).toEqual([]);
  });

  const isTold = ({ type }: LiveEvent) => type === 'frame' || type === 'narration';
  const essence = (event: LiveEvent) => {
    if (event.type === 'frame') return [event.index, event.t, event.reason];
    return event.type === 'narration' ? [event.t, event.text] : [];
  };
});
