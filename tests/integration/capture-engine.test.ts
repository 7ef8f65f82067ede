/**
 * A display that the hidden window captures, all the way: a page's pictures go through a real port to the real engine in
 * a process of its own, and what is wrong with the display is mended on the way back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { inFrame } from '../../main/capture/masks.ts';
import { openSource } from '../../main/capture/source.ts';
import { CaptureWindows } from '../../main/desktop/capture-window.ts';
import { spawnEngine } from '../../main/desktop/engine-process.ts';
import type { EngineEvent } from '../../main/engine/engine.ts';
import { EngineHost } from '../../main/engine/host.ts';
import { askedPage, PacedPage } from '../support/capture-page.ts';
import { BrowserWindow, standIn } from '../support/electron-stand-in.ts';

vi.mock('electron', () => import('../support/electron-stand-in.ts'));

/** What desk-nano looks at. */
const frame = { width: 384, height: 240 };
const fps = 2;
const recording: Uint8Array[] = [];

beforeAll(async () => {
  await using source = await openSource('tests/fixtures/desk.mp4', { fps, ...frame }, { hiding: 'none' });
  for await (const item of source.frames()) if (item.type === 'frame') recording.push(item.frame.pixels);
});
beforeEach(() => standIn.reset());

/** An engine that is shown displays by hidden windows, and all it has told. */
function opened() {
  const owned = new AsyncDisposableStack();
  const windows = owned.use(new CaptureWindows({ platform: 'darwin', env: {} }));
  const host = owned.use(new EngineHost({ spawn: spawnEngine, displays: windows.open, firstWaitMs: 1 }));
  const events: EngineEvent[] = [];
  host.subscribe((event) => events.push(event));
  const told = <Type extends EngineEvent['type']>(type: Type) =>
    events.filter((event): event is EngineEvent & { type: Type } => event.type === type);
  const until = async (condition: () => boolean, what: string) => {
    const started = performance.now();
    while (!condition()) {
      if (performance.now() - started > 40_000) throw new Error(`Not in 40 s: ${what}`);
      await sleep(20);
    }
  };
  const moreFrames = async (count: number) => {
    const wanted = told('frame').length + count;
    await until(() => told('frame').length >= wanted, `${count} more frames`);
  };
  return { host, told, until, moreFrames, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const played = (tick: number) => ({ pixels: recording[tick % recording.length]!, width: 1280, height: 800 });
const gone = (page: { readonly window: BrowserWindow }) => page.window.isDestroyed();

test('it is narrated; unplugged, hung, paused or crashed it comes back, and each hole is told', async () => {
  await using engine = opened();
  const { host, told, until, moreFrames } = engine;
  const watching = host.watch({ hiding: 'none', source: 'screen' });
  const first = await askedPage(0);
  expect(first.wanted).toEqual({ fps, ...frame });
  const page = new PacedPage(first, played);
  await watching;
  await until(() => told('narration').length > 0, 'a narration');
  expect(told('gap')).toEqual([]);
  expect(told('frame').every(({ encoded, changed }) => !encoded || changed > 0)).toBe(true);

  // 1. Unplugged: another window is opened, and what was missed is a gap.
  page.end();
  const second = await askedPage(1);
  expect(gone(first)).toBe(true);
  const hanging = new PacedPage(second, played);
  await moreFrames(2);
  expect(told('gap').at(-1)).toMatchObject({ reason: 'ended' });

  // 2. No picture comes any more: after five seconds it is opened anew.
  hanging.hangs = true;
  const third = await askedPage(2);
  expect(gone(second)).toBe(true);
  const pausing = new PacedPage(third, played);
  await moreFrames(2);
  expect(told('gap').at(-1)).toMatchObject({ reason: 'stalled' });

  // 3. Paused: nothing is even captured.
  await host.pause();
  await until(() => gone(third), 'the window to close');
  expect(third.heard.at(-1)).toBe('stop');
  pausing.stop();
  const paused = told('frame').length;
  await sleep(700);
  expect(told('frame')).toHaveLength(paused);
  await host.resume();
  const fourth = await askedPage(3);
  new PacedPage(fourth, played);
  await moreFrames(2);
  expect(told('gap').at(-1)).toMatchObject({ reason: 'paused' });

  // 4. The engine crashes: its window goes with it, and the next process asks for another.
  process.kill(host.pid!, 'SIGKILL');
  const fifth = await askedPage(4);
  expect(gone(fourth)).toBe(true);
  new PacedPage(fifth, played);
  await moreFrames(4);
  expect(told('gap').at(-1)).toMatchObject({ reason: 'restarted' });
  const times = told('frame').map(({ t }) => t);
  expect(times.every((t, i) => i === 0 || t > times[i - 1]!)).toBe(true);

  await host.stop();
  await until(() => gone(fifth), 'the last window to close');
  expect(BrowserWindow.all).toHaveLength(5);
}, 120_000);

test('a reader that stands still gets the newest picture, and is told how many it missed', async () => {
  await using engine = opened();
  const { host, told, moreFrames } = engine;
  const watching = host.watch({ hiding: 'none', source: 'screen' });
  const page = new PacedPage(await askedPage(0), played);
  await watching;
  await moreFrames(2);
  const { pid } = host;
  process.kill(pid!, 'SIGSTOP');
  await sleep(3000);
  process.kill(pid!, 'SIGCONT');
  await moreFrames(4);
  page.stop();
  const overloads = told('gap').filter(({ reason }) => reason === 'overload');
  expect(overloads.reduce((sum, { dropped }) => sum + dropped, 0)).toBeGreaterThanOrEqual(3);
  const after = told('frame').find(({ t }) => t >= overloads.at(-1)!.to)!;
  expect(after.latencyMs).toBeLessThan(3000);
});

test('masks follow another resolution from the first picture that has it', async () => {
  await using engine = opened();
  const { host, told, moreFrames, until } = engine;
  const sizes = [
    { width: 1920, height: 1080 },
    { width: 1080, height: 1920 },
  ];
  let size = sizes[0]!;
  /** Noise where the display is, black beside it. */
  const noise = (tick: number) => {
    const pixels = new Uint8Array(frame.width * frame.height * 3);
    const scale = Math.min(frame.width / size.width, frame.height / size.height);
    const [width, height] = [Math.round(size.width * scale), Math.round(size.height * scale)];
    const [left, top] = [(frame.width - width) >> 1, (frame.height - height) >> 1];
    for (let y = top; y < top + height; y += 1) {
      pixels.fill(60 + ((tick * 90 + y) % 180), (y * frame.width + left) * 3, (y * frame.width + left + width) * 3);
    }
    return { pixels, ...size };
  };
  const all = { x: 0, y: 0, width: 1, height: 1 };
  expect(inFrame(all, frame, sizes[0]).top).toBeGreaterThan(0); // or the sizes could not be told apart
  const watching = host.watch({ hiding: 'none', source: 'screen', masks: [all] });
  new PacedPage(await askedPage(0), noise);
  await watching;
  await moreFrames(3);
  size = sizes[1]!;
  await moreFrames(4);
  expect(
    told('frame')
      .slice(1)
      .map(({ changed }) => changed),
  ).toEqual(
    told('frame')
      .slice(1)
      .map(() => 0),
  );
  // It is noise, and would be seen.
  await host.change({ masks: [] });
  await until(() => told('frame').some(({ changed }, i) => i > 0 && changed > 0), 'a change');
});

test('one that may not be captured is told as such', async () => {
  await using engine = opened();
  const watching = engine.host.watch({ hiding: 'none', source: 'screen' });
  const { port } = await askedPage(0);
  port.postMessage({ type: 'failed', name: 'NotAllowedError' });
  await expect(watching).rejects.toMatchObject({ code: 'source-unreadable' });
  standIn.sources = [];
  await expect(engine.host.watch({ hiding: 'none', source: 'screen:3' })).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('monitor 3'),
  });
});
