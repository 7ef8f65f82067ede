import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { CommandLine } from '../support/command-line.ts';

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

test('an attempt would be seen', async () => {
  const { env, attempts } = watched();
  const args = ['narrate', 'http://127.0.0.1:9/none.mp4', '--duration', '1'];
  await new CommandLine(args, { env }).ended;
  const { spawnSync } = await import('node:child_process');
  const script = "require('net').connect(9, '127.0.0.1').on('error', () => {})";
  spawnSync(process.execPath, ['-e', script], { env: { ...process.env, ...env } });
  expect(attempts().filter((line) => line !== 'loaded')).not.toEqual([]);
});
