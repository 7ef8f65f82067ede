/** Quiet while something fills the screen: a real window on a real display, and the real engine that is told. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Assistant } from '../../main/assistant/assistant.ts';
import { windowFillsScreen } from '../../main/assistant/occasion.ts';
import type { LiveSettings } from '../../main/engine/engine.ts';
import { InProcessEngine } from '../../main/engine/in-process.ts';
import { SettingsFile } from '../../main/settings/settings-file.ts';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import { newWindow, visibleWindows } from '../../native-models/desk-world/record/windows.ts';
import type { News } from '../../preload/contract.ts';
import { missingPrograms } from '../support/needs.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xterm', 'xdotool', 'xprop');

/** The engine, and how much it was last told to say. */
class AskedEngine extends InProcessEngine {
  chattiness: number | undefined;
  override async change(change: Partial<LiveSettings>): Promise<void> {
    this.chattiness = change.chattiness ?? this.chattiness;
    await super.change(change);
  }
}

test.skipIf(missing)(
  `a window that fills the screen silences it, and nothing else does${missing ? ` (${missing})` : ''}`,
  async () => {
    await using display = await VirtualDisplay.start({ windowManager: 'openbox' });
    const before = process.env.DISPLAY;
    process.env.DISPLAY = display.name;
    using restored = new DisposableStack();
    restored.defer(() => {
      if (before === undefined) delete process.env.DISPLAY;
      else process.env.DISPLAY = before;
    });
    expect(await windowFillsScreen()).toBe(false);
    const known = await visibleWindows(display);
    await using _terminal = display.launch('xterm', ['-maximized', '-title', 'Slides', '-e', 'sh']);
    const window = await newWindow(display, known);
    await display.run('xdotool', ['windowactivate', '--sync', window!.id]);
    // As xterm does it by itself, in and out.
    const toggle = () => display.run('xdotool', ['key', 'alt+Return']);
    expect(await windowFillsScreen()).toBe(false);

    const folder = mkdtempSync(join(tmpdir(), 'onlooker-occasion-'));
    const settings = await SettingsFile.open(join(folder, 'settings.json'));
    await settings.change({ remember: false, chattiness: 3 });
    await using engine = new AskedEngine();
    await using assistant = new Assistant({ engine, settings, version: '0' });
    const news: News[] = [];
    assistant.subscribe((each) => news.push(each));
    const notices = () => news.flatMap((each) => (each.type === 'notice' ? [each.code] : []));
    await assistant.start('screen');
    expect(engine.chattiness).toBe(3);

    await toggle();
    await expect.poll(() => engine.chattiness, { timeout: 15_000 }).toBe(0);
    await expect.poll(notices).toEqual(['quiet-presenting']); // it is told once the engine has obeyed
    await toggle();
    await expect.poll(() => engine.chattiness, { timeout: 15_000 }).toBe(3);

    // Who does not want that is not silenced.
    using client = assistant.connect();
    await client.request('settings', { change: { quietInCalls: false } });
    await toggle();
    await expect.poll(() => windowFillsScreen(), { timeout: 5000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(engine.chattiness).toBe(3);
    expect(notices()).toEqual(['quiet-presenting']);
  },
);
