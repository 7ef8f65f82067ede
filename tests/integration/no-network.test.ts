import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { CommandLine } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';
import { launchBrowser } from '../support/window-browser.ts';

/** Loaded into every Node process and thread of the program: writes down whoever tries to reach something. */
const watchman = `
import dns from 'node:dns';
import dgram from 'node:dgram';
import { appendFileSync } from 'node:fs';
import net from 'node:net';
const note = (what) => appendFileSync(process.env.ONLOOKER_ATTEMPTS, what + '\\n');
note('loaded');
const watch = (owner, name) => {
  const original = owner[name];
  owner[name] = function (...args) {
    const [target] = args.flat();
    // Pipes of its own child processes are no network.
    if (!(target && typeof target === 'object' && target.path)) note(name + ' ' + JSON.stringify(target));
    return original.apply(this, args);
  };
};
watch(net.Socket.prototype, 'connect');
watch(dgram.Socket.prototype, 'send');
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) { watch(dns, name); watch(dns.promises, name); }
const { fetch } = globalThis;
globalThis.fetch = (...args) => { note('fetch ' + args[0]); return fetch(...args); };
`;

function watched(): { readonly env: NodeJS.ProcessEnv; attempts(): string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-network-'));
  const hook = join(folder, 'watchman.mjs');
  const attempts = join(folder, 'attempts');
  writeFileSync(hook, watchman);
  writeFileSync(attempts, '');
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}`, ONLOOKER_ATTEMPTS: attempts };
  return { env, attempts: () => readFileSync(attempts, 'utf8').trim().split('\n') };
}

test('narrating reaches for nothing outside of the machine', async () => {
  const { env, attempts } = watched();
  const args = ['narrate', 'tests/fixtures/desk.mp4', '--duration', '20', '--format', 'jsonl'];
  const { code, stdout } = await new CommandLine(args, { env }).ended;
  expect(code).toBe(0);
  expect(stdout).toContain('"finished"');
  // The program and its encoder's thread were both watched.
  expect(attempts().filter((line) => line === 'loaded').length).toBeGreaterThan(1);
  expect(attempts().filter((line) => line !== 'loaded')).toEqual([]);
});

test('the window reaches for nothing outside of the machine, and neither does what serves it', async () => {
  using folder = temporaryFolder();
  const { env, attempts } = watched();
  const home = { XDG_CONFIG_HOME: join(folder.path, 'config'), XDG_DATA_HOME: join(folder.path, 'data') };
  const serving = new CommandLine(['serve', '--no-open'], { env: { ...env, ...home } });
  const browser = await launchBrowser();
  try {
    await serving.until((stdout) => stdout.endsWith('\n'));
    const url = serving.stdout.trim();
    const { origin, host } = new URL(url);
    const context = await browser.newContext({ locale: 'en', acceptDownloads: true });
    const reached: string[] = [];
    context.on('request', (request) => reached.push(request.url()));
    context.on('page', (page) => page.on('websocket', (socket) => reached.push(socket.url())));
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: 'Yes' }).click(); // it is to remember
    await page.getByText('Sample recording', { exact: true }).click();
    await page.locator('blockquote').filter({ hasText: /\w{3}/ }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByLabel('Ask about').fill('What is on the screen?');
    await page.keyboard.press('Enter');
    await page.locator('article.answer').waitFor();
    await page.goto(`${origin}/timeline`);
    await page.getByRole('searchbox').fill('terminal');
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: /moment/ })
      .waitFor();
    await page.getByRole('button', { name: 'Back to the day' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await (await downloading).path();
    await page.goto(`${origin}/settings`);
    await page.getByRole('switch', { name: 'Read aloud' }).press('Space');
    await page.goto(`${origin}/overlay?transparent=1`);
    await page.locator('main[aria-live]').waitFor({ state: 'attached' });
    // Nor by what makes no request.
    await using udp = await listener();
    await page.evaluate(`(async () => {
      const connection = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${udp.port}' }] });
      connection.createDataChannel('data');
      await connection.setLocalDescription(await connection.createOffer());
      await new Promise((resolve) => setTimeout(resolve, 2000));
    })()`);
    expect(udp.packets).toBe(0);
    const outside = reached.filter((address) => !address.startsWith('blob:') && !address.startsWith('data:'));
    expect(outside.some((address) => address.startsWith('ws:'))).toBe(true);
    expect(outside.filter((address) => new URL(address).host !== host)).toEqual([]);
  } finally {
    serving.child.kill('SIGINT');
    await browser.close();
  }
  expect(await serving.ended).toMatchObject({ code: 0 });
  // The program, its engine's process and its threads were all watched.
  expect(attempts().filter((line) => line === 'loaded').length).toBeGreaterThan(2);
  // Node looks up the address that it listens at, which is one already: nobody is asked.
  const listening = 'lookup "127.0.0.1"';
  expect(attempts().filter((line) => line !== 'loaded' && line !== listening)).toEqual([]);
});

/** Counts the packets that come to a port of this machine. */
async function listener() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const heard = { port: socket.address().port, packets: 0, [Symbol.asyncDispose]: async () => void socket.close() };
  socket.on('message', () => heard.packets++);
  return heard;
}

test('an attempt would be seen', async () => {
  const { env, attempts } = watched();
  const args = ['narrate', 'http://127.0.0.1:9/none.mp4', '--duration', '1'];
  await new CommandLine(args, { env }).ended;
  const { spawnSync } = await import('node:child_process');
  const script = "require('net').connect(9, '127.0.0.1').on('error', () => {})";
  spawnSync(process.execPath, ['-e', script], { env: { ...process.env, ...env } });
  expect(attempts().filter((line) => line !== 'loaded')).not.toEqual([]);
});
