/** No frame of a private window ever reaches the model: real windows come and go while a real screen is narrated. */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { PrivacyRules } from '../../main/capture/exclusions.ts';
import { guardScreen } from '../../main/capture/screen-guard.ts';
import { NarrationControl } from '../../main/live/control.ts';
import { narrate } from '../../main/live/narrate.ts';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import { newWindow, visibleWindows } from '../../native-models/desk-world/record/windows.ts';
import { temporaryFolder } from '../support/memory.ts';
import { missingPrograms } from '../support/needs.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xterm', 'xsetroot', 'xwininfo', 'xprop', 'ffmpeg');
const nothing: PrivacyRules = { hiddenApps: [], hiddenTitles: [], hidePrivateBrowsing: false, strictPrivacy: false };
const secret: PrivacyRules = { ...nothing, hiddenTitles: ['secret'] };

afterEach(() => {
  vi.unstubAllEnvs();
});

async function desktop(): Promise<VirtualDisplay> {
  const display = await VirtualDisplay.start({ windowManager: 'openbox' });
  vi.stubEnv('DISPLAY', display.name);
  vi.stubEnv('WAYLAND_DISPLAY', '');
  vi.stubEnv('XDG_SESSION_TYPE', '');
  await display.run('xsetroot', ['-solid', '#204030']);
  return display;
}

/** A window in a colour that nothing else on the screen has. */
const magenta = [
  '-title',
  'My secret plan',
  '-geometry',
  '120x40+80+60',
  '-bg',
  '#ff00ff',
  '-fg',
  '#ff00ff',
  '-e',
  'sh',
];

function isMagenta(pixels: Uint8Array): boolean {
  for (let i = 0; i < pixels.length; i += 3) {
    if (pixels[i]! > 180 && pixels[i + 1]! < 90 && pixels[i + 2]! > 180) return true;
  }
  return false;
}

/** Narrates the screen while the window opens and closes at times of no rhythm; how many frames showed it or changed. */
async function watched(display: VirtualDisplay, rules: PrivacyRules, times: number) {
  using folder = temporaryFolder();
  await writeTinyBundle(folder.path);
  const control = new NarrationControl();
  const abort = new AbortController();
  const seen = { frames: 0, shown: 0, shownUnscaled: 0, black: 0, changed: 0 };
  let bare: Uint8Array | undefined;
  const told: boolean[] = [];
  const running = (async () => {
    const events = narrate({
      ...{ source: 'screen', hiding: rules, bundle: folder.path, control, signal: abort.signal },
      unscaled: true,
      onFiltering: (filtering) => void told.push(filtering),
      onSeen: ({ picture, unscaled, changed }) => {
        const { pixels } = picture!;
        const screen = unscaled!.crop({ x: 0, y: 0, ...unscaled! }).pixels;
        seen.frames++;
        if (seen.frames > 5 && changed > 0) seen.changed++;
        if (isMagenta(pixels)) seen.shown++;
        // Whole desktops are black at first, until the windows are known.
        if (screen.some((value) => value > 0)) bare ??= screen;
        if (screen.some((value, at) => value !== 0 && value !== bare?.[at])) seen.shownUnscaled++;
        if (pixels.every((value) => value === 0)) seen.black++;
      },
    });
    for await (const _ of events);
  })();
  try {
    await expect.poll(() => seen.frames, { timeout: 60_000 }).toBeGreaterThan(5);
    for (let n = 0; n < times; n++) {
      const known = await visibleWindows(display);
      await using _window = display.launch('xterm', magenta);
      await newWindow(display, known);
      await sleep(300 + 173 * (n % 5));
      await _window[Symbol.asyncDispose]();
      await sleep(200 + 137 * (n % 7));
    }
  } finally {
    abort.abort();
    await running;
    await rm(folder.path, { recursive: true, force: true });
  }
  return { ...seen, told };
}

test.skipIf(missing)(
  `a window that opens and closes twelve times is on no frame${missing ? ` (${missing})` : ''}`,
  async () => {
    await using display = await desktop();
    const { frames, shown, shownUnscaled, black, changed, told } = await watched(display, secret, 12);
    expect([shown, shownUnscaled]).toEqual([0, 0]);
    // Nor does it tell by a change that something is hidden.
    expect(changed).toBe(0);
    // It hides the window, not the whole of the time.
    expect(frames - black).toBeGreaterThan(10);
    expect(new Set(told)).toEqual(new Set([true, false]));
  },
  240_000,
);

test.skipIf(missing)('without the rule it is seen, so that the test could fail', async () => {
  await using display = await desktop();
  const { shown, shownUnscaled, changed } = await watched(display, nothing, 4);
  expect(shown).toBeGreaterThan(0);
  expect(shownUnscaled).toBeGreaterThan(0);
  expect(changed).toBeGreaterThan(0);
});

test.skipIf(missing)('other rules hold from the next frame on; what shows no desktop has no guard', async () => {
  await using display = await desktop();
  const known = await visibleWindows(display);
  display.launch('xterm', magenta);
  await newWindow(display, known);
  const told: boolean[] = [];
  using guard = guardScreen('screen', nothing, (filtering) => void told.push(filtering))!;
  expect(await guard.masksFor(performance.now())).toEqual([]);
  guard.rules = secret;
  await sleep(600); // what was looked at under the old rules has been forgotten by then
  const masks = await guard.masksFor(performance.now());
  expect(masks.some(({ width, height }) => width > 0.3 && height > 0.3)).toBe(true);
  expect(told.at(-1)).toBe(true);
  expect(guardScreen('file', secret)).toBeUndefined();
  expect(guardScreen('camera', secret)).toBeUndefined();
});
