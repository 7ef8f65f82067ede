import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Captured } from '../../main/capture/frame.ts';
import type { FramePort, WantedDisplay } from '../../main/capture/port-feed.ts';
import { openSource } from '../../main/capture/source.ts';
import { CaptureWindows, needsCaptureWindow } from '../../main/desktop/capture-window.ts';
import { askedPage } from '../support/capture-page.ts';
import * as electron from '../support/electron-stand-in.ts';

vi.mock('electron', () => import('../support/electron-stand-in.ts'));

const { BrowserWindow, display, screen, session, standIn } = electron;
const sampling = { fps: 2, width: 4, height: 2 };
const pixels = (value = 7) => new Uint8Array(4 * 2 * 3).fill(value);
const mac = { platform: 'darwin', env: {} } as const;
const wayland = { platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } } as const;

let windows: CaptureWindows;
beforeEach(() => {
  standIn.reset();
  windows = new CaptureWindows(mac);
});
afterEach(() => windows[Symbol.dispose]());

/** The port as the engine has it, without a process between. */
async function displays(wanted: WantedDisplay): Promise<FramePort> {
  const opened = await windows.open(wanted);
  const port = opened.port as InstanceType<typeof electron.MessageChannelMain>['port2'];
  return {
    known: opened.known,
    listen(onMessage, onClosed) {
      port.on('message', ({ data }: { data: unknown }) => onMessage(data));
      port.on('close', onClosed);
    },
    send: (message) => port.postMessage(message),
    close() {
      port.close();
      opened[Symbol.dispose]();
    },
  };
}

const options = { hiding: 'none', displays, backoffSeconds: 0.01, attempts: 3, startSeconds: 5 } as const;

/** What a page asks Electron for. */
function asks(url: string): Promise<object> {
  const granted = Promise.withResolvers<object>();
  const handler = session.defaultSession.displayMedia as unknown as (
    request: object,
    grant: (streams: object) => void,
  ) => void;
  handler({ frame: { url } }, granted.resolve);
  return granted.promise;
}

test('a hidden, sandboxed window captures; pictures come through its port, and it goes with the source', async () => {
  await using source = await openSource('screen', sampling, options);
  const frames = source.frames()[Symbol.asyncIterator]();
  const first = frames.next();
  const { window, wanted, port, heard } = await askedPage();
  expect(window.options).toMatchObject({ show: false, webPreferences: { sandbox: true, contextIsolation: true } });
  expect(wanted).toEqual(sampling);
  const at = Date.now();
  port.postMessage({ type: 'frame', at, pixels: pixels(), dropped: 0, width: 1920, height: 1080 });
  expect((await first).value).toMatchObject({ frame: { t: 0, index: 0, size: { width: 1920, height: 1080 } } });
  await expect.poll(() => heard).toEqual(['taken']);

  // It skips frames, and says so; another resolution takes effect with the frame that has it.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  port.postMessage({ type: 'frame', at: Date.now(), pixels: pixels(9), dropped: 2, width: 800, height: 600 });
  const gap = (await frames.next()).value as Captured & { type: 'gap' };
  expect(gap.gap).toMatchObject({ from: 0, reason: 'overload', dropped: 2 });
  expect((await frames.next()).value).toMatchObject({ frame: { index: 2, size: { width: 800, height: 600 } } });

  await frames.return?.();
  expect(window.isDestroyed()).toBe(true);
  expect(session.defaultSession.displayMedia).not.toBeNull(); // Electron takes no second handler
});

test('a display that goes is opened anew until it is back', async () => {
  await using source = await openSource('screen', sampling, options);
  const frames = source.frames()[Symbol.asyncIterator]();
  const send = (page: Awaited<ReturnType<typeof askedPage>>) =>
    page.port.postMessage({ type: 'frame', at: Date.now(), pixels: pixels(), dropped: 0, width: 8, height: 4 });
  const first = frames.next();
  const one = await askedPage(0);
  send(one);
  await first;
  one.port.postMessage({ type: 'ended' });
  const gap = frames.next();
  const two = await askedPage(1);
  expect(one.window.isDestroyed()).toBe(true);
  // A crash of the page is an end as well.
  two.window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  expect(two.window.isDestroyed()).toBe(true);
  two.port.close();
  const three = await askedPage(2);
  send(three);
  expect((await gap).value).toMatchObject({ gap: { from: 0, reason: 'ended' } });
  await frames.return?.();
});

test('only the page that was opened for a display gets it', async () => {
  screen.displays = [display(7, 0, 0, 1920, 1080), display(8, 1920, 0, 800, 600)];
  standIn.sources = [
    { id: 'screen:1:0', name: 'Screen 2', display_id: '8' },
    { id: 'screen:0:0', name: 'Screen 1', display_id: '7' },
  ];
  using first = await windows.open({ ...sampling, of: { kind: 'screen', monitor: undefined } });
  const second = await windows.open({ ...sampling, of: { kind: 'screen', monitor: 1 } });
  void first;
  const [one, two] = BrowserWindow.all.map(({ webContents }) => webContents.getURL());
  // By the monitor's own name, not by the order in which Electron happens to list them.
  expect(await asks(one!)).toEqual({ video: { id: 'screen:0:0', name: 'Screen 1', display_id: '7' } });
  expect(await asks(two!)).toEqual({ video: { id: 'screen:1:0', name: 'Screen 2', display_id: '8' } });
  expect(await asks('onlooker://app/capture.html')).toEqual({});
  expect(await asks('onlooker://app/overlay.html')).toEqual({});
  expect(await asks('https://example.com/capture.html#1')).toEqual({});
  second[Symbol.dispose]();
  expect(await asks(two!)).toEqual({});

  const missing = windows.open({ ...sampling, of: { kind: 'screen', monitor: 2 } });
  await expect(missing).rejects.toMatchObject({ code: 'source-unreadable' });
  expect((await windows.choices()).map(({ source }) => source)).toEqual([
    ...['screen:0', 'screen:1', 'window:Screen 2', 'window:Screen 1'],
  ]);
});

test('a monitor stays the one that was asked for; while it is away nothing is captured', async () => {
  const [seven, eight] = [display(7, 0, 0, 1920, 1080), display(8, 1920, 0, 800, 600)];
  screen.displays = [seven, eight];
  standIn.sources = [
    { id: 'screen:0:0', name: 'Screen 1', display_id: '7' },
    { id: 'screen:1:0', name: 'Screen 2', display_id: '8' },
  ];
  await using source = await openSource('screen:1', sampling, options);
  const frames = source.frames()[Symbol.asyncIterator]();
  const send = ({ port }: Awaited<ReturnType<typeof askedPage>>) =>
    port.postMessage({ type: 'frame', at: Date.now(), pixels: pixels(), dropped: 0, width: 8, height: 4 });
  const first = frames.next();
  const one = await askedPage(0);
  send(one);
  await first;

  // It becomes the primary one: it is the same, and as large as before.
  screen.displays = [eight, seven];
  screen.emit('display-metrics-changed', {}, eight, ['workArea']);
  expect(one.window.isDestroyed()).toBe(false);

  // It goes: none takes its place, however long.
  screen.displays = [seven];
  screen.emit('display-removed', {}, eight);
  expect(one.window.isDestroyed()).toBe(true);
  one.port.close();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(BrowserWindow.all).toHaveLength(1);

  // It comes back under another id, is known by its name, and then shows more.
  standIn.sources = [...standIn.sources, { id: 'screen:2:0', name: 'Screen 3', display_id: '9' }];
  screen.displays = [seven, { ...display(9, 1920, 0, 800, 600), label: eight.label }];
  const gap = frames.next();
  const two = await askedPage(1);
  expect(await asks(two.window.webContents.getURL())).toMatchObject({ video: { display_id: '9' } });
  send(two);
  expect((await gap).value).toMatchObject({ gap: { reason: 'ended' } });
  screen.displays = [seven, { ...display(9, 1920, 0, 1600, 900), label: eight.label }];
  screen.emit('display-metrics-changed', {}, screen.displays[1], ['bounds']);
  expect(two.window.isDestroyed()).toBe(true);
  await frames.return?.();
});

test('on Wayland the dialog of the system decides, and who closes it is not asked again', async () => {
  windows[Symbol.dispose]();
  windows = new CaptureWindows(wayland);
  expect(await windows.choices()).toEqual([{ source: 'screen', kind: 'screen', name: 'Wayland' }]);
  standIn.sources = [{ id: 'window:5:0', name: 'Editor', display_id: '' }];
  using opened = await windows.open({ ...sampling, of: { kind: 'screen', monitor: undefined } });
  void opened;
  expect(await asks(BrowserWindow.all[0]!.webContents.getURL())).toEqual({ video: standIn.sources[0] });

  // The screen is shown no more, and the user wants no other: it is over at once.
  await using source = await openSource('screen', sampling, options);
  const frames = source.frames()[Symbol.asyncIterator]();
  const first = frames.next();
  const page = await askedPage(1);
  page.port.postMessage({ type: 'frame', at: Date.now(), pixels: pixels(), dropped: 0, width: 8, height: 4 });
  await first;
  standIn.sources = [];
  page.port.postMessage({ type: 'ended' });
  await expect(frames.next()).rejects.toMatchObject({ code: 'source-lost' });
  expect(BrowserWindow.all).toHaveLength(2);
});

test('a refusal says what to do', async () => {
  const source = await openSource('screen', sampling, options);
  const first = source.frames()[Symbol.asyncIterator]().next();
  const { port } = await askedPage();
  port.postMessage({ type: 'failed', name: 'NotAllowedError' });
  await expect(first).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('allow it'),
  });
});

test('a picture of another size than was asked for is not taken', async () => {
  const source = await openSource('screen', sampling, options);
  const first = source.frames()[Symbol.asyncIterator]().next();
  const { port } = await askedPage();
  port.postMessage({ type: 'frame', at: Date.now(), pixels: new Uint8Array(5), dropped: 0, width: 8, height: 4 });
  await expect(first).rejects.toMatchObject({ code: 'source-unreadable' });
});

test('it is for macOS and Wayland', () => {
  expect(needsCaptureWindow('darwin', {})).toBe(true);
  expect(needsCaptureWindow('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  expect(needsCaptureWindow('linux', { DISPLAY: ':0' })).toBe(false);
  expect(needsCaptureWindow('win32', {})).toBe(false);
});

const browser = '/usr/bin/chromium';

test.skipIf(!existsSync(browser))(
  `the page captures, letterboxes and waits for its reader${existsSync(browser) ? '' : ' (Chromium is not installed)'}`,
  async () => {
    const script = readFileSync(new URL('../../preload/capture-page.js', import.meta.url), 'utf8');
    // A secure context, which a page without an address is not.
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(`<!doctype html><script>${script}</script>`);
    }).listen(0, '127.0.0.1');
    await using stack = new AsyncDisposableStack();
    stack.defer(() => void server.close());
    const launched = await chromium.launch({
      executablePath: browser,
      args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
    });
    stack.defer(() => launched.close());
    const page = await launched.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const source = `async () => {
      const { port1, port2 } = new MessageChannel();
      const messages = [];
      port2.onmessage = ({ data }) => messages.push(data);
      postMessage({ type: 'capture', fps: 10, width: 64, height: 48 }, '*', [port1]);
      begin();
      const until = async (count) => { while (messages.length < count) await new Promise((r) => setTimeout(r, 20)); };
      await until(1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const unread = messages.length;
      port2.postMessage('taken');
      await until(2);
      const [first, second] = messages;
      // A display that sleeps gives no picture: the last one is not sent again.
      Object.defineProperty(MediaStreamTrack.prototype, 'muted', { get: () => true });
      port2.postMessage('taken');
      await new Promise((resolve) => setTimeout(resolve, 400));
      return { asleep: messages.length, unread, type: first.type, name: first.name, bytes: first.pixels?.length, dropped: second.dropped,
        lit: first.pixels?.some((value) => value > 60), source: [first.width, first.height] };
    }`;
    const seen = await page.evaluate(`(${source})()`);
    expect(seen).toMatchObject({ unread: 1, asleep: 2, type: 'frame', bytes: 64 * 48 * 3, lit: true });
    expect((seen as { dropped: number }).dropped).toBeGreaterThan(0);
  },
);
