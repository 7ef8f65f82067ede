import { expect, test } from 'vitest';
import { exclude } from '../../main/capture/exclusions.ts';
import { PrivacyGuard } from '../../main/capture/privacy-guard.ts';
import { windowLister } from '../../main/capture/window-lister.ts';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import { newWindow, visibleWindows, windowBox } from '../../native-models/desk-world/record/windows.ts';
import { missingPrograms } from '../support/needs.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xterm', 'xdotool', 'xwininfo', 'xprop');
const screen = { x: 0, y: 0, width: 1280, height: 720 };
const rules = { hiddenApps: [], hiddenTitles: ['secret'], hidePrivateBrowsing: true, strictPrivacy: false };

test.skipIf(missing)(
  `real windows: an excluded one is found unfocused, where it moves to, and not when it is gone${missing ? ` (${missing})` : ''}`,
  async () => {
    await using display = await VirtualDisplay.start({ windowManager: 'openbox' });
    using lister = windowLister('linux', { DISPLAY: display.name });
    const look = () => lister.look(() => true);
    const terminal = async (title: string, place: string) => {
      const known = await visibleWindows(display);
      const owned = display.launch('xterm', ['-title', title, '-geometry', place, '-e', 'sh']);
      const shown = await newWindow(display, known);
      if (!shown) throw new Error('xterm opened no window');
      return { owned, id: shown.id };
    };
    expect(await look()).toEqual([]);

    // The excluded one first: the other then has the focus, and lies over a part of it.
    const secret = await terminal('My Secret plan', '40x10+60+60');
    const other = await terminal('Build log', '60x16+200+120');
    expect((await look())?.map(({ title }) => title)).toEqual([
      expect.stringContaining('My Secret plan'),
      expect.stringContaining('Build log'),
    ]);
    await expectMasked(secret.id);

    await display.run('xdotool', ['windowmove', secret.id, '700', '400']);
    await expect.poll(async () => (await windowBox(display, secret.id))!.x, { timeout: 5000 }).toBeGreaterThan(600);
    await expectMasked(secret.id);

    // Whoever is focused: it stays hidden.
    await display.run('xdotool', ['windowfocus', secret.id]);
    await expectMasked(secret.id);

    await display.run('xdotool', ['windowminimize', secret.id]);
    await expect.poll(async () => exclude(await look(), screen, rules).filtering, { timeout: 5000 }).toBe(false);
    await display.run('xdotool', ['windowmap', secret.id]);
    await expect.poll(async () => exclude(await look(), screen, rules).filtering, { timeout: 5000 }).toBe(true);

    // A title may change while the window stays.
    const title = ['-f', '_NET_WM_NAME', '8u', '-set', '_NET_WM_NAME', '은행 - Chromium (시크릿 모드)'];
    await display.run('xprop', ['-id', other.id, ...title]);
    await expect.poll(async () => exclude(await look(), screen, rules).masks.length, { timeout: 5000 }).toBe(2);

    await secret.owned[Symbol.asyncDispose]();
    await other.owned[Symbol.asyncDispose]();
    await expect.poll(async () => look(), { timeout: 5000 }).toEqual([]);

    async function expectMasked(id: string): Promise<void> {
      const box = (await windowBox(display, id))!;
      const { masks } = exclude(await look(), screen, rules);
      expect(masks).toHaveLength(1);
      const [{ x, y, width, height }] = masks as [(typeof masks)[0]];
      // The frame is hidden with the window.
      expect(x * screen.width).toBeLessThanOrEqual(box.x);
      expect(y * screen.height).toBeLessThanOrEqual(box.y);
      expect((x + width) * screen.width).toBeGreaterThanOrEqual(box.x + box.width);
      expect((y + height) * screen.height).toBeGreaterThanOrEqual(box.y + box.height);
    }
  },
);

test.skipIf(missing)('a look is cheap, and the guard answers for frames in time', async () => {
  await using display = await VirtualDisplay.start({ windowManager: 'openbox' });
  const known = await visibleWindows(display);
  display.launch('xterm', ['-title', 'secret', '-e', 'sh']);
  await newWindow(display, known);
  using guard = new PrivacyGuard({
    lister: windowLister('linux', { DISPLAY: display.name }),
    screen: () => screen,
    rules,
  });
  const waits: number[] = [];
  for (let n = 0; n < 10; n += 1) {
    const capturedAt = performance.now();
    expect((await guard.masksFor(capturedAt)).filtering).toBe(true);
    waits.push(performance.now() - capturedAt);
  }
  // Half a frame period at two frames a second.
  expect(waits.sort((a, b) => a - b)[5]).toBeLessThan(250);
});
