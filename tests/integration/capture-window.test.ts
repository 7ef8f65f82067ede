import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Captured } from '../../main/capture/frame.ts';
import { captureByWindow, needsCaptureWindow } from '../../main/desktop/capture-window.ts';
import * as electron from '../support/electron-stand-in.ts';

vi.mock('electron', () => import('../support/electron-stand-in.ts'));

const { BrowserWindow, session, standIn } = electron;
const sampling = { fps: 2, width: 4, height: 2 };
const pixels = () => new Uint8Array(4 * 2 * 3).fill(7);

beforeEach(() => standIn.reset());

async function opened() {
  const source = await captureByWindow('screen', 0, sampling);
  const window = BrowserWindow.all[0]!;
  const { args } = window.webContents.sent[0]!;
  const [wanted, [port]] = args as [object, [InstanceType<typeof electron.MessageChannelMain>['port1']]];
  return { source, window, wanted, port };
}

test('a hidden, sandboxed window is asked for frames; they come through its port', async () => {
  const { source, window, wanted, port } = await opened();
  expect(window.options).toMatchObject({ show: false, webPreferences: { sandbox: true, contextIsolation: true } });
  expect(window.webContents.getURL()).toBe('onlooker://app/capture.html');
  expect(wanted).toEqual(sampling);
  const replies: unknown[] = [];
  port.on('message', ({ data }: { data: unknown }) => replies.push(data));
  const at = Date.now();
  const size = { width: 1920, height: 1080 };
  port.postMessage({ type: 'frame', at, pixels: pixels(), dropped: 0, ...size });
  port.postMessage({ type: 'frame', at: at + 500, pixels: pixels(), dropped: 0, ...size });
  port.postMessage({ type: 'frame', at: at + 2000, pixels: pixels(), dropped: 2, ...size });
  port.postMessage({ type: 'ended' });
  const seen: Captured[] = [];
  const reading = (async () => {
    for await (const captured of source.frames()) seen.push(captured);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'source-lost' });
  expect(seen.map((each) => (each.type === 'frame' ? each.frame.t : each.gap))).toEqual([
    0,
    0.5,
    { from: 0.5, to: 2, reason: 'overload', dropped: 2 },
    2,
  ]);
  await expect.poll(() => replies).toEqual(['taken', 'taken', 'taken']);
  expect(source.size).toEqual(size);
  expect(window.isDestroyed()).toBe(true);
  expect(session.defaultSession.displayMedia).toBeNull();
});

test('only the page that captures gets the display', async () => {
  const { source } = await opened();
  const handler = session.defaultSession.displayMedia as unknown as (
    request: object,
    grant: (streams: object) => void,
  ) => void;
  const asks = async (url: string) => {
    const granted = Promise.withResolvers<object>();
    handler({ frame: { url } }, granted.resolve);
    return granted.promise;
  };
  expect(await asks('onlooker://app/capture.html')).toEqual({ video: standIn.sources[0] });
  expect(await asks('onlooker://app/overlay.html')).toEqual({});
  expect(await asks('https://example.com/capture.html')).toEqual({});
  await source[Symbol.asyncDispose]();
});

test('paused it lets frames go, and says so when it goes on', async () => {
  const { source, port } = await opened();
  const at = Date.now();
  const frame = (after: number) =>
    port.postMessage({ type: 'frame', at: at + after, pixels: pixels(), dropped: 0, width: 8, height: 4 });
  const frames = source.frames()[Symbol.asyncIterator]();
  frame(0);
  expect((await frames.next()).value).toMatchObject({ frame: { t: 0 } });
  source.pause();
  frame(1000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  source.resume();
  frame(5000);
  expect((await frames.next()).value).toEqual({ type: 'gap', gap: { from: 0, to: 5, reason: 'paused', dropped: 0 } });
  expect((await frames.next()).value).toMatchObject({ frame: { t: 5 } });
  await frames.return?.();
});

test('a refusal says what to do', async () => {
  const { source, port } = await opened();
  port.postMessage({ type: 'failed', name: 'NotAllowedError' });
  await expect(source.frames()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('Allow it'),
  });
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
      const until = async (count) => { while (messages.length < count) await new Promise((r) => setTimeout(r, 20)); };
      await until(1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const unread = messages.length;
      port2.postMessage('taken');
      await until(2);
      const [first, second] = messages;
      return { unread, type: first.type, name: first.name, bytes: first.pixels?.length, dropped: second.dropped,
        lit: first.pixels?.some((value) => value > 60), source: [first.width, first.height] };
    }`;
    const seen = await page.evaluate(`(${source})()`);
    expect(seen).toMatchObject({ unread: 1, type: 'frame', bytes: 64 * 48 * 3, lit: true });
    expect((seen as { dropped: number }).dropped).toBeGreaterThan(0);
  },
);
