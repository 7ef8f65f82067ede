/** Who reads slowly, sees little, or wants nothing to move. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, launchBrowser, narration, openFloating, openWindow } from '../support/window-browser.ts';
import { tellStory } from '../support/window-story.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const windows = ['overlay', 'timeline', 'settings', 'welcome'] as const;

describe('a slow reader', () => {
  const text = 'A command is running in the terminal.';
  const long = 'The build failed with an error in the second file, and the editor shows where it is. '.repeat(3);

  test('has time to read, from the last word on, however long that was in coming', async () => {
    await using overlay = await openFloating(browser);
    const { page, push } = overlay;
    const shown = page.getByRole('article');
    await push({ type: 'speech', speech: { ...narration(1, 'A command', false), at: Date.now() - 60_000 } });
    await page.clock.runFor(30_000);
    expect(await shown.count()).toBe(1);
    await push({ type: 'speech', speech: { ...narration(1, text), at: Date.now() - 60_000 } });
    await page.clock.runFor(6000);
    expect(await shown.count()).toBe(1);
    await page.clock.runFor(3000);
    await expect.poll(() => shown.count()).toBe(0);
    await push({ type: 'speech', speech: narration(2, long) });
    await page.clock.runFor(28_000);
    expect(await shown.count()).toBe(1);
    await page.clock.runFor(3000);
    await expect.poll(() => shown.count()).toBe(0);
  });

  test('keeps what is pointed at, where it is, and can go to it', async () => {
    await using overlay = await openFloating(browser);
    const { page, push } = overlay;
    const shown = page.getByRole('button', { name: text });
    await push({ type: 'speech', speech: narration(1, text) });
    await shown.waitFor();
    const { x, y, width, height } = (await shown.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.getByRole('textbox', { name: 'Ask about' }).waitFor();
    await page.clock.runFor(120_000);
    // Still under the pointer, and not something else.
    expect(await shown.evaluate((element) => element.matches(':hover'))).toBe(true);
    await page.mouse.move(-10, -10);
    await page.clock.runFor(1000);
    await expect.poll(() => shown.count()).toBe(0);
  });

  test.each([0, 1])('keeps what is pointed at in an overlay of its usual size, line %i', async (line) => {
    await using overlay = await openFloating(browser);
    const { page, push } = overlay;
    await page.setViewportSize({ width: 420, height: 220 });
    const texts = ['A terminal opened.', text];
    for (const [i, one] of texts.entries()) await push({ type: 'speech', speech: narration(i + 1, one) });
    const shown = page.getByRole('button', { name: texts[line]! });
    await shown.waitFor();
    const before = (await shown.boundingBox())!;
    await page.mouse.move(before.x + before.width / 2, before.y + before.height / 2);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(await shown.boundingBox()).toEqual(before);
    expect(await shown.evaluate((element) => element.matches(':hover'))).toBe(true);
  });

  test('keeps what was pinned', async () => {
    await using overlay = await openFloating(browser);
    const { page, push } = overlay;
    await push({ type: 'speech', speech: narration(1, text) });
    await page.getByRole('article').hover();
    await page.getByRole('button', { name: 'Pin' }).click();
    await page.mouse.move(-10, -10);
    await page.evaluate('document.activeElement.blur()');
    await page.clock.runFor(600_000);
    await page.getByRole('list', { name: 'Pinned' }).getByText(text).waitFor();
    await expect.poll(() => page.getByRole('article').count()).toBe(1);
  });

  test('scrolls back, and stays there while more is said', async () => {
    const speeches = Array.from({ length: 60 }, (_, i) => narration(i + 1, `Sentence ${i + 1}.`));
    await using window = await openWindow(browser, 'overlay', { speeches });
    const { page, server } = window;
    await page.getByRole('button', { name: 'Sentence 60.' }).waitFor();
    expect(await inView(page, 'Sentence 60.')).toBe(true);
    await page.getByRole('region', { name: 'What was said' }).hover();
    await page.mouse.wheel(0, -700);
    const place = () => top(page, 'Sentence 40.');
    await expect.poll(() => inView(page, 'Sentence 60.')).toBe(false);
    const before = await place();
    for (let id = 61; id <= 70; id++) server.push({ type: 'speech', speech: narration(id, `Sentence ${id}.`) });
    await page.getByRole('button', { name: 'Sentence 70.' }).waitFor({ state: 'attached' });
    expect(Math.abs((await place()) - before)).toBeLessThan(2);
    expect(await inView(page, 'Sentence 70.')).toBe(false);
    await page.mouse.wheel(0, 10_000);
    await expect.poll(() => inView(page, 'Sentence 70.')).toBe(true);
  });
});

describe('who wants nothing to move', () => {
  /** Everything that would move. */
  const moving = (page: Page) =>
    page.evaluate(`[...document.querySelectorAll('*')].flatMap((element) => ['', '::before', '::after'].flatMap((part) => {
      const { transitionDuration, animationName } = getComputedStyle(element, part || null);
      const moves = animationName !== 'none' || transitionDuration.split(',').some((one) => Number.parseFloat(one) > 0);
      return moves ? [element.tagName + part] : [];
    }))`) as Promise<string[]>;
  const writing = { ...narration(1, '', false), kind: 'answer' as const, query: 'Did it finish?' };

  test.each(windows)('has it still in the %s window', async (name) => {
    // The timeline moves while it is looking something up.
    const answers = { ...tellStory({ speeches: [writing] }), moments: () => new Promise<never>(() => {}) };
    await using window = await openWindow(browser, name, { answers });
    const { page } = window;
    await page.getByRole('button').first().waitFor();
    await expect.poll(() => moving(page)).not.toEqual([]);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await expect.poll(() => moving(page)).toEqual([]);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await expect.poll(() => moving(page)).not.toEqual([]);
  });

  test('says so in the settings, for every window', async () => {
    await using window = await openWindow(browser, 'settings');
    const { page, server } = window;
    await page.getByRole('combobox', { name: 'Motion' }).selectOption('Less');
    await expect.poll(() => moving(page)).toEqual([]);
    expect(server.received).toContainEqual({ name: 'settings', input: { change: { motion: 'less' } } });
    await using overlay = await openWindow(browser, 'overlay', { speeches: [writing], settings: { motion: 'less' } });
    expect(await moving(overlay.page)).toEqual([]);
  });
});

describe('who needs contrast', () => {
  const strongest = { light: 'rgb(0, 0, 0)', dark: 'rgb(255, 255, 255)' };
  const textColour = (page: Page) => page.evaluate('getComputedStyle(document.body).color');

  test.each(['light', 'dark'] as const)('gets it where the system asks for it, %s', async (theme) => {
    const speeches = [{ ...narration(1, 'A terminal opened.'), at: Date.now() - 60_000 }];
    await using window = await openWindow(browser, 'overlay', { theme, speeches });
    const { page } = window;
    const usual = await textColour(page);
    expect(usual).not.toBe(strongest[theme]);
    await page.emulateMedia({ contrast: 'more' });
    await expect.poll(() => textColour(page)).toBe(strongest[theme]);
    // Also what is said with less weight.
    expect(await contrastOf(page, 'article time')).toBeGreaterThan(12);
    expect(await axeViolations(page)).toEqual([]);
    await page.emulateMedia({ contrast: 'no-preference' });
    await expect.poll(() => textColour(page)).toBe(usual);
  });

  test.each(windows.flatMap((name) => (['light', 'dark'] as const).map((theme) => ({ name, theme }))))(
    'gets 7 to 1 for every text of the $name window, $theme',
    async ({ name, theme }) => {
      const speeches = [{ ...narration(1, 'A terminal opened.'), at: Date.now() - 60_000 }];
      await using window = await openWindow(browser, name, { theme, speeches, settings: { contrast: 'more' } });
      const { page } = window;
      if (name === 'timeline') await page.locator('section li time').first().waitFor();
      if (name === 'settings' || name === 'welcome') await page.getByRole('button', { name: 'HD Webcam' }).waitFor();
      expect(await axeViolations(page, ['color-contrast-enhanced'])).toEqual([]);
    },
  );

  test('says so in the settings', async () => {
    await using window = await openWindow(browser, 'settings', { theme: 'dark' });
    const { page, server } = window;
    await page.getByRole('combobox', { name: 'Contrast' }).selectOption('More');
    await expect.poll(() => textColour(page)).toBe(strongest.dark);
    expect(server.received).toContainEqual({ name: 'settings', input: { change: { contrast: 'more' } } });
  });
});

function top(page: Page, text: string): Promise<number> {
  return page.getByRole('button', { name: text }).evaluate((element) => element.getBoundingClientRect().top);
}

/** Whether it lies within the list that is scrolled. */
async function inView(page: Page, text: string): Promise<boolean> {
  const list = (await page.getByRole('region', { name: 'What was said' }).boundingBox())!;
  const at = await top(page, text);
  return at >= list.y && at < list.y + list.height;
}

/** Between the colour of a text and the window's surface, as WCAG counts it: 1 to 21. */
async function contrastOf(page: Page, selector: string): Promise<number> {
  const colours = (await page.evaluate(
    `['color', 'backgroundColor'].map((name, i) => getComputedStyle(document.querySelector(['${selector}', 'main'][i]))[name])`,
  )) as string[];
  const [lighter, darker] = colours.map(luminance).sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map(Number).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
