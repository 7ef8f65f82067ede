/** Each window by keyboard alone: nothing here points at anything, and focus goes only where Tab takes it. */
import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, narration, openWindow } from '../support/window-browser.ts';
import type { Received } from '../support/window-server.ts';
import { defaultSettings, recordedPictures, watchingStatus } from '../support/window-story.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const nine = new Date().setHours(9, 0, 0, 0);

test('the overlay: ask, scroll back, copy, pin, open a moment, pause, choose how much it talks', async () => {
  const speeches = Array.from({ length: 40 }, (_, i) => narration(i + 1, `Sentence ${i + 1}.`));
  await using window = await openWindow(browser, 'overlay', { speeches });
  const { page, context, server } = window;
  await page.keyboard.press('/');
  await page.keyboard.type('Did it finish?');
  await page.keyboard.press('Enter');
  await expect.poll(() => inputsOf(server.received, 'ask')).toEqual([{ text: 'Did it finish?' }]);
  await page.keyboard.press('Escape');

  const list = page.getByRole('region', { name: 'What was said' });
  await tabTo(page, list);
  await page.keyboard.press('End');
  const scrolled = () => list.evaluate((element) => element.scrollTop);
  await expect.poll(scrolled).toBe(0);
  for (let i = 0; i < 3; i++) await page.keyboard.press('PageUp');
  await expect.poll(scrolled).toBeLessThan(-300);

  const item = page.getByRole('article').filter({ hasText: 'Sentence 2.' });
  await tabTo(page, item.getByRole('button', { name: 'Copy' }));
  // What is focused is seen, though it shows itself only to who points at it otherwise.
  await expect.poll(() => page.evaluate('getComputedStyle(document.activeElement.parentElement).opacity')).toBe('1');
  await page.keyboard.press('Enter');
  await item.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('Sentence 2.');
  await tabTo(page, item.getByRole('button', { name: 'Pin' }));
  await page.keyboard.press('Space');
  await page.getByRole('list', { name: 'Pinned' }).getByText('Sentence 2.').waitFor();

  await tabTo(page, page.getByRole('button', { name: 'Sentence 3.' }));
  const opening = context.waitForEvent('page');
  await page.keyboard.press('Enter');
  expect((await opening).url()).toMatch(/\/timeline#at=\d+$/);
  await page.bringToFront();

  await tabTo(page, page.getByRole('button', { name: 'Pause' }));
  await page.keyboard.press('Enter');
  await expect.poll(() => inputsOf(server.received, 'pause')).toEqual([{ until: null }]);
  await tabTo(page, page.getByLabel('How much it talks'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('radio', { checked: true }));
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => inputsOf(server.received, 'settings')).toEqual([{ change: { chattiness: 3 } }]);
  await page.keyboard.press('Escape');
  await tabTo(page, page.getByRole('button', { name: 'Edit the standing instruction' }));
  await page.keyboard.press('Enter');
  await page.keyboard.type('Only errors.');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => inputsOf(server.received, 'settings').at(-1))
    .toEqual({ change: { instruction: 'Only errors.' } });
});

test('the timeline: another day, a search and a jump, an export, a span deleted', async () => {
  await using window = await openWindow(browser, 'timeline');
  const { page, server } = window;
  await page.getByRole('region', { name: '09:00' }).getByText('A terminal opened.').first().waitFor();
  await tabTo(page, page.getByRole('navigation').getByRole('button').nth(1));
  await page.keyboard.press('Enter');
  const yesterday = new Date(new Date(nine).setDate(new Date(nine).getDate() - 1)).setHours(0, 0, 0, 0);
  await expect.poll(() => inputsOf(server.received, 'gaps').at(-1)).toMatchObject({ from: yesterday });
  await tabTo(page, page.getByRole('navigation').getByRole('button').first());
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: '09:00' }).getByText('A terminal opened.').first().waitFor();

  await tabTo(page, page.getByRole('searchbox', { name: 'Search the memory' }), 'Shift+Tab');
  await page.keyboard.type('dialog');
  await page.keyboard.press('Enter');
  const found = page.getByRole('main').getByRole('listitem').first().getByRole('button');
  await found.waitFor();
  await tabTo(page, found);
  await page.keyboard.press('Enter');
  const moment = page.locator('li[aria-current="true"]');
  await moment.getByText('dialog').waitFor();
  await expect.poll(() => moment.locator('a').evaluate((link) => link.matches(':focus'))).toBe(true);

  // A span, typed.
  await tabTo(page, page.getByLabel('to', { exact: true }), 'Shift+Tab');
  // Coming from behind, its last part is reached first.
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('0905AM');
  await tabTo(page, page.getByLabel('Format'));
  await page.keyboard.press('ArrowDown');
  const downloading = page.waitForEvent('download');
  await tabTo(page, page.getByRole('button', { name: 'Export' }));
  await page.keyboard.press('Enter');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('onlooker.vtt');
  expect(await readFile(await download.path(), 'utf8')).toContain('A terminal opened.');
  // Of the day of what was found, the oldest first.
  const from = new Date(nine).setDate(new Date(nine).getDate() - 2);
  const span = { from, before: from + 300_000 };
  expect(inputsOf(server.received, 'export')).toEqual([{ ...span, format: 'vtt' }]);

  await tabTo(page, page.getByRole('button', { name: 'Delete' }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('10 sentences').waitFor();
  // The first to be reached does no harm.
  expect(await dialog.getByRole('button', { name: 'Cancel' }).evaluate((one) => one.matches(':focus'))).toBe(true);
  await tabTo(page, dialog.getByRole('button', { name: 'Delete for good' }));
  await page.keyboard.press('Enter');
  await page.getByText('Deleted: 3 sentences').waitFor();
  expect(inputsOf(server.received, 'forget')).toEqual([span]);
  await dialog.waitFor({ state: 'detached' });

  // A picture, large and away again.
  await tabTo(page, page.getByRole('button', { name: 'Enlarge the picture' }).first());
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('img').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the settings: every one of them is changed', async () => {
  await using window = await openWindow(browser, 'settings');
  const { page, server } = window;
  await page.getByRole('button', { name: 'HD Webcam' }).waitFor();
  /** What is pressed on each kind of control, once it has been reached. */
  const keys: Readonly<Record<string, readonly string[]>> = {
    // And back: what hangs on it is to be changed as well.
    checkbox: ['Space', 'Space'],
    number: ['ArrowUp'],
    text: ['x', 'Enter'],
    password: ['x', 'Enter'],
    range: ['ArrowRight'],
    radio: ['ArrowRight'],
    select: ['ArrowDown'],
    shortcut: ['Enter', 'Control+Alt+J'],
    source: ['Enter'],
  };
  const used = new Set<string>();
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(`(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      element.dataset.reached ??= String(Math.random());
      const name = element.getAttribute('aria-label') ?? element.textContent.trim();
      const kind = element.matches('select') ? 'select'
        : element.matches('input') ? element.type
        : element.querySelector('kbd') ? 'shortcut'
        : name.includes('HD Webcam') ? 'source' : 'other';
      return { id: element.dataset.reached, kind };
    })()`)) as { id: string; kind: string } | null;
    if (!focused) break;
    if (used.has(focused.id)) continue;
    used.add(focused.id);
    for (const key of keys[focused.kind] ?? []) {
      await page.keyboard.press(key);
      await page.waitForTimeout(50);
    }
  }
  const changed = () => new Set(inputsOf(server.received, 'settings').flatMap((input) => Object.keys(changeOf(input))));
  // These two are there only in Electron, where there is a window to click through and a login to start at.
  const elsewhere = ['clickThrough', 'startAtLogin'];
  const expected = Object.keys(defaultSettings).filter((name) => name !== 'source' && !elsewhere.includes(name));
  // One bundle is all there is to choose from.
  await expect.poll(() => expected.filter((name) => !changed().has(name))).toEqual(['bundle']);
  expect(inputsOf(server.received, 'watch')).toContainEqual({ source: 'camera' });
});

test('the first run, to the first narration', async () => {
  const status = { lastFrameAt: null, source: null, state: 'idle' as const };
  await using window = await openWindow(browser, 'welcome', { status, settings: { source: null } });
  const { page, server } = window;
  await page.getByRole('button', { name: 'Sample recording' }).waitFor();
  await tabTo(page, page.getByRole('button', { name: 'Sample recording' }));
  await page.keyboard.press('Space');
  await expect.poll(() => inputsOf(server.received, 'watch')).toEqual([{ source: 'sample.mp4' }]);
  server.push({ type: 'status', status: watchingStatus() });
  const [jpeg] = await recordedPictures();
  server.push({ type: 'preview', at: Date.now(), jpeg: jpeg! });
  server.push({ type: 'speech', speech: narration(1, 'A terminal opened.') });
  await page.getByText('A terminal opened.').waitFor();
  await tabTo(page, page.getByRole('button', { name: 'Done' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/overlay$/);
});

/** Presses Tab, forwards or back, until it is there. @throws when it never is */
async function tabTo(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 400; presses++) {
    if (await wanted.evaluate((element) => element.matches(':focus'))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never reaches ${wanted}`);
}

function inputsOf(received: readonly Received[], wanted: Received['name']): unknown[] {
  return received.flatMap(({ name, input }) => (name === wanted ? [input] : []));
}

function changeOf(input: unknown): object {
  return (input as { readonly change: object }).change;
}
