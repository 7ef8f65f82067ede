/**
 * Whichever way a screen is watched - by the window, a program with browser mode's token, one that speaks MCP, the command
 * line - a window that the user's settings name is in no picture that is kept or shown, and in nothing the encoder saw.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { openBrowserMode } from '../../main/cli/browser-mode.ts';
import { dot, unpackEmbedding } from '../../main/memory/store/embedding.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import { newWindow, visibleWindows } from '../../native-models/desk-world/record/windows.ts';
import type { News } from '../../preload/contract.ts';
import { until } from '../support/browser-mode.ts';
import { CommandLine, launcher, onlooker } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';
import { missingPrograms } from '../support/needs.ts';
import { ffmpegProcesses } from '../support/processes.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xterm', 'xsetroot', 'xwininfo', 'xprop', 'ffmpeg');
const folder = temporaryFolder();
const config = join(process.env.XDG_CONFIG_HOME!, 'onlooker');
const settings = { source: 'screen', bundle: 'tiny', remember: true, hiddenTitles: ['secret'], mcpMayWatch: true };
const write = (text: string) => writeFileSync(join(config, 'settings.json'), text);
const watched = ['screen', '--bundle', 'tiny', '--remember', '--duration', '3'];
let owned: AsyncDisposableStack;

beforeAll(async () => {
  owned = new AsyncDisposableStack();
  if (missing) return;
  await writeTinyBundle(join(process.env.XDG_DATA_HOME!, 'onlooker', 'bundles', 'tiny'));
  mkdirSync(config, { recursive: true });
  write(JSON.stringify(settings));
  const display = owned.use(await VirtualDisplay.start({ windowManager: 'openbox' }));
  Object.assign(process.env, { DISPLAY: display.name, WAYLAND_DISPLAY: '', XDG_SESSION_TYPE: '' });
  await display.run('xsetroot', ['-solid', '#204030']);
  const known = await visibleWindows(display);
  // Its colour is nowhere else on the screen.
  const magenta = ['-bg', '#ff00ff', '-fg', '#ff00ff', '-geometry', '120x40+80+60'];
  display.launch('xterm', ['-title', 'My secret plan', ...magenta, '-e', 'sh']);
  await newWindow(display, known);
});
afterAll(async () => {
  await owned[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** Share of a JPEG that has the colour of the window. */
async function magentaIn(jpeg: Uint8Array): Promise<number> {
  const path = join(folder.path, 'picture.jpg');
  writeFileSync(path, jpeg);
  const args = ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const { stdout: rgb } = await promisify(execFile)((await findFfmpeg()).path, args, { encoding: 'buffer' });
  let found = 0;
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i]! > 150 && rgb[i + 1]! < 110 && rgb[i + 2]! > 150) found++;
  return found / (rgb.length / 3);
}

/** What a memory has of the screen: pictures, and what the encoder made of each frame. */
async function kept(memory: string) {
  using opened = await openMemory({ folder: memory });
  const pictures = opened.all<{ jpeg: Uint8Array }>('SELECT jpeg FROM thumbnails');
  const rows = opened.all<{ embedding: Uint8Array }>('SELECT embedding FROM frames WHERE embedding IS NOT NULL');
  return {
    magenta: Math.max(...(await Array.fromAsync(pictures, ({ jpeg }) => magentaIn(jpeg)))),
    seen: rows.map(({ embedding }) => Float32Array.from(unpackEmbedding(embedding))),
  };
}

/** What the encoder makes of this screen when nothing is hidden. */
let open: Float32Array;
async function expectHidden(memory: string): Promise<void> {
  const { magenta, seen } = await kept(memory);
  expect(magenta).toBe(0);
  expect(seen.length).toBeGreaterThan(0);
  for (const embedding of seen) expect(dot(embedding, open)).toBeLessThan(0.95);
}

test.skipIf(missing)(
  `the command line, and without rules only when told so${missing ? ` (${missing})` : ''}`,
  async () => {
    const memory = (name: string) => ['--memory', join(folder.path, name)];
    const told = await onlooker('narrate', ...watched, '--no-privacy-rules', ...memory('open'));
    expect(told).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Privacy rules are off/) });
    const all = await kept(join(folder.path, 'open'));
    expect(all.magenta).toBeGreaterThan(0.2);
    open = all.seen.at(-1)!;

    const { code, stderr } = await onlooker('narrate', ...watched, ...memory('narrate'));
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Privacy rules')]);
    await expectHidden(join(folder.path, 'narrate'));

    // Rules that cannot be read: nobody looks.
    write('{"hiddenTitles": 7}');
    const refused = await onlooker('narrate', ...watched, ...memory('refused'));
    write(JSON.stringify(settings));
    expect(refused).toMatchObject({ stdout: '', stderr: expect.stringMatching(/rules cannot be read.*hiddenTitles/) });
    expect(refused.code).not.toBe(0);
  },
);

/** A program that has started the server; `call` gives a tool's result as JSON. */
async function speakMcp(memory: string) {
  const client = new Client({ name: 'test', version: '1' });
  const env = process.env as Record<string, string>;
  const args = [launcher, 'mcp', '--memory', memory];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  const call = async (name: string, input: object = {}) =>
    JSON.stringify(await client.callTool({ name, arguments: { ...input } }));
  return { client, call };
}

test.skipIf(missing)('a program that speaks MCP', async () => {
  const memory = join(folder.path, 'mcp');
  const { client, call } = await speakMcp(memory);
  try {
    const input = { source: 'screen', bundle: 'tiny' };
    expect(await call('start_watching', { ...input, remember: true })).toContain('Watching screen.');
    await until(async () => (await kept(memory).catch(() => undefined))?.seen.length);
    await call('stop_watching');
    await expectHidden(memory);

    expect(await call('look', input)).not.toContain('isError');
    write(JSON.stringify({ ...settings, hiddenTitles: 7 }));
    for (const name of ['look', 'start_watching']) {
      expect(await call(name, input)).toMatch(/rules cannot be read.*isError":true/);
    }
  } finally {
    write(JSON.stringify(settings));
    await client.close();
  }
});

/** Whether the newest frame that a memory has shows the window. */
const showsAll = async (memory: string) => {
  const newest = (await kept(memory).catch(() => undefined))?.seen.at(-1);
  return newest && dot(newest, open) >= 0.95;
};

test.skipIf(missing)('the command line follows rules that change', async () => {
  const memory = join(folder.path, 'followed');
  write(JSON.stringify({ ...settings, hiddenTitles: [] }));
  const running = new CommandLine(['narrate', 'screen', '--bundle', 'tiny', '--remember', '--memory', memory]);
  await until(() => showsAll(memory));
  write(JSON.stringify(settings));
  await until(async () => (await showsAll(memory)) === false);
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130 });
});

test.skipIf(missing)(
  'a program that speaks MCP is held to rules and consent that change while it watches',
  async () => {
    const memory = join(folder.path, 'held');
    write(JSON.stringify({ ...settings, hiddenTitles: [] }));
    const { client, call } = await speakMcp(memory);
    try {
      const input = { source: 'screen', bundle: 'tiny', remember: true };
      const two = await Promise.all([call('start_watching', input), call('start_watching', input)]);
      expect(two.filter((told) => told.includes('isError'))).toHaveLength(1);
      await until(() => showsAll(memory));
      write(JSON.stringify(settings));
      await until(async () => (await showsAll(memory)) === false);

      const withdrawn = JSON.stringify({ ...settings, mcpMayWatch: false });
      write(withdrawn);
      const told = /Nothing is being watched.*screen.* may not be watched by other programs any more/;
      await until(async () => told.test(await call('watched')));
      expect(await call('start_watching', input)).toMatch(/may not be watched by other programs.*isError":true/);
      expect(readFileSync(join(config, 'settings.json'), 'utf8')).toBe(withdrawn);

      write(JSON.stringify(settings));
      expect(await call('start_watching', input)).toContain('Watching screen.');
      expect(ffmpegProcesses(process.env.DISPLAY!)).not.toEqual([]);
    } finally {
      write(JSON.stringify(settings));
      await client.close();
    }
    await until(() => ffmpegProcesses(process.env.DISPLAY!).length === 0);
  },
);

test.skipIf(missing)('the window, and a program that has the token of browser mode', async () => {
  const memory = join(folder.path, 'window');
  await using mode = await openBrowserMode({ memory, log: () => {} });
  using client = mode.assistant.connect();
  const previews: (News & { type: 'preview' })[] = [];
  client.subscribe((news) => void (news.type === 'preview' && previews.push(news)));
  const shown = async (count: number) => {
    await until(() => previews.length >= count);
    for (const { jpeg } of previews) {
      expect(await magentaIn(Buffer.from(jpeg.slice(jpeg.indexOf(',') + 1), 'base64'))).toBe(0);
    }
  };
  expect(await client.request('watch', { source: 'screen' })).toMatchObject({ ok: true });
  await shown(1);

  const before = previews.length;
  const watch = await fetch(`http://127.0.0.1:${mode.server.port}/api/watch`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${mode.server.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ source: 'screen' }),
  });
  expect(await watch.json()).toMatchObject({ ok: true });
  await shown(before + 1);
  expect(await client.request('stop', {})).toMatchObject({ ok: true });
  await expectHidden(memory);
});
