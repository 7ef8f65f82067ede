/** The resource profile: how often a restless screen is looked at, changed while it is watched. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Assistant } from '../../main/assistant/assistant.ts';
import { InProcessEngine } from '../../main/engine/in-process.ts';
import { SettingsFile } from '../../main/settings/settings-file.ts';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import { missingPrograms } from '../support/needs.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xterm');

test.skipIf(missing)(
  `on battery it looks half as often, as the profile says${missing ? ` (${missing})` : ''}`,
  async () => {
    await using display = await VirtualDisplay.start({ windowManager: 'openbox' });
    await using _clock = display.launch('xterm', ['-e', 'while :; do seq 1 40; date +%N; sleep 0.1; done']);
    const before = process.env.DISPLAY;
    process.env.DISPLAY = display.name;
    using restored = new DisposableStack();
    restored.defer(() => {
      if (before === undefined) delete process.env.DISPLAY;
      else process.env.DISPLAY = before;
    });
    const settings = await SettingsFile.open(join(mkdtempSync(join(tmpdir(), 'onlooker-pace-')), 'settings.json'));
    await settings.change({ remember: false });
    let onBattery = false;
    await using engine = new InProcessEngine();
    await using assistant = new Assistant({ engine, settings, version: '0', onBattery: () => onBattery });
    let encoded = 0;
    engine.subscribe((event) => {
      if (event.type === 'frame' && event.encoded) encoded += 1;
    });
    const profile = async (name: string) => {
      using client = assistant.connect();
      await client.request('settings', { change: { profile: name } });
    };
    /** Encoder runs of frames in eight seconds. */
    const inEightSeconds = async () => {
      await sleep(500);
      const from = encoded;
      await sleep(8000);
      return encoded - from;
    };
    await assistant.start('screen');
    expect(assistant.status.saving).toBe(false);
    expect(await inEightSeconds()).toBeGreaterThan(12);

    onBattery = true;
    await expect.poll(() => assistant.status.saving, { timeout: 5000 }).toBe(true);
    const saving = await inEightSeconds();
    expect(saving).toBeGreaterThan(5);
    expect(saving).toBeLessThan(10);

    await profile('full');
    expect(assistant.status.saving).toBe(false);
    expect(await inEightSeconds()).toBeGreaterThan(12);

    onBattery = false;
    await profile('battery');
    expect(assistant.status.saving).toBe(true);
    expect(await inEightSeconds()).toBeLessThan(10);
  },
  60_000,
);
