/** A live screen behind the window: one that stands still is watched, one that is gone has stalled. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import type { Hello, Outcome, SourceChoice } from '../../preload/contract.ts';
import { until } from '../support/browser-mode.ts';
import { CommandLine } from '../support/command-line.ts';
import { temporaryFolder } from '../support/memory.ts';
import { missingPrograms } from '../support/needs.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xprop', 'xwininfo', 'ffmpeg');

test.skipIf(missing)(
  `a screen that stands still, and one that goes${missing ? ` (${missing})` : ''}`,
  async () => {
    using folder = temporaryFolder();
    const display = await VirtualDisplay.start({ windowManager: 'openbox' });
    const home = { XDG_CONFIG_HOME: join(folder.path, 'config'), XDG_DATA_HOME: join(folder.path, 'data') };
    const env = { ...home, DISPLAY: display.name, WAYLAND_DISPLAY: '' };
    const serving = new CommandLine(['serve', '--no-open', '--source', 'screen'], { env });
    try {
      await serving.until((stdout) => stdout.endsWith('\n'));
      const address = new URL(serving.stdout.trim());
      const tokenFile = () => /with the token in (\S+)\.\n/.exec(serving.stderr)?.[1];
      await until(() => tokenFile() !== undefined);
      const token = readFileSync(tokenFile()!, 'utf8').trim();
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const request = async <T>(name: string): Promise<T> => {
        const response = await fetch(new URL(`/api/${name}`, address), { method: 'POST', headers, body: '{}' });
        const outcome = (await response.json()) as Outcome<T>;
        if (!outcome.ok) throw new Error(outcome.message);
        return outcome.value;
      };
      const status = async () => (await request<Hello>('hello')).status;

      expect(await request<SourceChoice[]>('sources')).toContainEqual(
        expect.objectContaining({ source: 'screen', kind: 'screen' }),
      );
      await until(async () => (await status()).state === 'watching');
      // Longer than it takes to stall: nothing moves there.
      const seen = new Set<string>();
      const end = performance.now() + 7000;
      await until(async () => {
        const { state, lastFrameAt, filtering } = await status();
        seen.add(
          `${state}, ${filtering ? 'filtered' : 'whole'}, ${Date.now() - lastFrameAt! < 3000 ? 'fresh' : 'old'}`,
        );
        return performance.now() > end;
      });
      expect([...seen]).toEqual(['watching, whole, fresh']);

      await display[Symbol.asyncDispose]();
      await until(async () => (await status()).state === 'stalled');
      expect((await status()).message).toMatch(/\w/);
    } finally {
      serving.child.kill('SIGINT');
      await serving.ended;
      await display[Symbol.asyncDispose]();
    }
  },
  240_000,
);
