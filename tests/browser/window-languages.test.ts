/** Every window in every language: no text is cut off, and nothing sticks out of its window. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SourceChoice } from '../../preload/contract.ts';
import { launchBrowser, narration, openWindow } from '../support/window-browser.ts';
import { recordedPictures, tellStory, watchingStatus } from '../support/window-story.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** As wide as the desktop program opens them. */
const sizes = {
  overlay: { width: 1100, height: 720 },
  timeline: { width: 1100, height: 760 },
  settings: { width: 760, height: 760 },
  welcome: { width: 720, height: 760 },
} as const;
const names = Object.keys(sizes) as (keyof typeof sizes)[];
const languages = ['en', 'ko', 'ja', 'zh'] as const;

test.each(languages.flatMap((language) => names.map((name) => ({ language, name }))))(
  'the $name window in $language',
  async ({ language, name }) => {
    const speeches = [narration(1, 'A terminal opened.')];
    await using window = await openWindow(browser, name, { settings: { language }, speeches });
    const { page, server } = window;
    await page.setViewportSize(sizes[name]);
    if (name === 'timeline') await page.locator('section li time').first().waitFor();
    if (name === 'settings' || name === 'welcome') await page.getByRole('button', { name: 'HD Webcam' }).waitFor();
    if (name === 'overlay') {
      await page.locator('summary').click();
      const message = 'The screen is gone. Plug it in again.';
      const status = { ...watchingStatus(), state: 'failed' as const, code: 'source-lost', message };
      server.push({ type: 'status', status });
      await page.getByText(message).waitFor();
    }
    expect(await cutTexts(page)).toEqual([]);
    if (name === 'timeline') {
      const tops = await page.evaluate(
        "new Set([...document.querySelectorAll('main [role=group] button')].map((one) => one.offsetTop)).size",
      );
      expect(tops).toBe(1);
    }
  },
);

test.each(languages)(
  'the first run in %s is seen without scrolling, from the choice to the first words',
  async (language) => {
    await using window = await openWindow(browser, 'welcome', { settings: { language } });
    const { page, server } = window;
    await page.setViewportSize(sizes.welcome);
    await page.getByRole('button', { name: 'HD Webcam' }).waitFor();
    const [jpeg] = await recordedPictures();
    server.push({ type: 'preview', at: Date.now(), jpeg: jpeg! });
    await page.locator('canvas').waitFor();
    server.push({ type: 'speech', speech: narration(1, 'A terminal opened.') });
    await page.locator('blockquote').waitFor();
    expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBe(0);
  },
);

test('with many windows to choose from, the first words and the way on are in sight all the same', async () => {
  const sources = Array.from({ length: 20 }, (_, i): SourceChoice => {
    return { source: `window:${i}`, kind: 'window', name: `Window ${i}` };
  });
  await using window = await openWindow(browser, 'welcome', { answers: { ...tellStory({}), sources: () => sources } });
  const { page, server } = window;
  await page.setViewportSize(sizes.welcome);
  await page.getByRole('button', { name: 'Window 19' }).waitFor();
  const wayOn = async () => (await placeOf(page.getByRole('button', { name: 'Done' }))).bottom;
  expect(await wayOn()).toBeLessThan(sizes.welcome.height);
  server.push({ type: 'speech', speech: narration(1, 'A terminal opened.') });
  const words = page.locator('blockquote');
  const footer = await placeOf(page.locator('footer'));
  await expect.poll(async () => (await placeOf(words)).bottom).toBeLessThan(footer.top);
  expect((await placeOf(words)).top).toBeGreaterThan(0);
  expect(await wayOn()).toBeLessThan(sizes.welcome.height);
  // Who goes back to the list is left there, whatever is said meanwhile.
  await page.evaluate('scrollTo(0, 0)');
  server.push({ type: 'speech', speech: narration(2, 'A dialog appeared.') });
  await words.getByText('A dialog appeared.').waitFor();
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  expect(await page.evaluate('scrollY')).toBe(0);
});

/** Where it is in the window, from top to bottom. */
async function placeOf(element: Locator): Promise<{ top: number; bottom: number }> {
  const box = await element.boundingBox();
  return { top: box?.y ?? Number.NaN, bottom: (box?.y ?? Number.NaN) + (box?.height ?? 0) };
}

test('a text that is cut off would be found', async () => {
  await using window = await openWindow(browser, 'timeline');
  const { page } = window;
  await page.evaluate("document.querySelector('input').placeholder = 'Search what was seen'");
  await page.evaluate("document.querySelector('h1').style.cssText = 'width: 3rem; overflow: hidden'");
  await page.evaluate("document.querySelector('h2').style.cssText = 'position: relative; left: 60vw'");
  const found = (await cutTexts(page)).map((one) => one.split(':')[0]);
  expect(found).toEqual(expect.arrayContaining(['INPUT', 'H1', 'H2']));
});

/** What is not to be read whole, as "ELEMENT: text". What others wrote (`bdi`) may be long, and is shortened. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const pen = document.createElement('canvas').getContext('2d');
    const cut = [];
    for (const element of document.querySelectorAll('body *')) {
      if (!element.checkVisibility() || element.closest('bdi, .hidden')) continue;
      const style = getComputedStyle(element);
      const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const report = (text) => cut.push(element.tagName + ': ' + text.trim());
      if (element.placeholder && element.value === '') {
        pen.font = style.font;
        // The button that empties a search has its place, too.
        const button = element.type === 'search' ? parseFloat(style.fontSize) : 0;
        if (pen.measureText(element.placeholder).width > room - button) report(element.placeholder);
        continue;
      }
      const texts = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim() !== '');
      for (const text of texts) {
        const range = document.createRange();
        range.selectNodeContents(text);
        const { left, right } = range.getBoundingClientRect();
        // Up to the window, whatever clips it; what scrolls downwards is no loss.
        for (let box = element; box; box = box.parentElement) {
          const edge = box.getBoundingClientRect();
          const clips = getComputedStyle(box).overflowX !== 'visible' || box === document.documentElement;
          const own = box === element && style.display !== 'inline';
          if ((clips || own) && (left < edge.left - 1 || right > edge.right + 1)) {
            report(text.data);
            break;
          }
        }
      }
    }
    return cut;
  })()`) as Promise<string[]>;
}
