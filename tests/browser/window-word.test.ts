/** How soon a word that is sent is on the page. */
import { expect, test } from 'vitest';
import { launchBrowser, narration, openWindow } from '../support/window-browser.ts';
import { watchingStatus } from '../support/window-story.ts';

test('a word is on the page within 50 ms of being sent, in 95 of 100 cases, below a long history', async () => {
  const history = Array.from({ length: 150 }, (_, i) => narration(i + 1, `Something happened, number ${i + 1}.`));
  await using browser = await launchBrowser();
  await using window = await openWindow(browser, 'overlay', { speeches: [...history, narration(151, 'A', false)] });
  const { page, server } = window;
  const shown = page.locator('article bdi').last();
  await shown.waitFor();
  // Both clocks are this machine's; the frame after a change is the one that shows it.
  await page.evaluate(`
    globalThis.seen = [];
    new MutationObserver(() => requestAnimationFrame(() => {
      const text = [...document.querySelectorAll('article bdi')].at(-1)?.textContent ?? '';
      globalThis.seen.push([text.split(' ').length, Date.now()]);
    })).observe([...document.querySelectorAll('article')].at(-1), { subtree: true, childList: true, characterData: true });
    // Its attributes are those of every element's style: whoever sets one lets the whole page be styled anew.
    globalThis.restyled = 0;
    new MutationObserver((records) => (globalThis.restyled += records.length))
      .observe(document.documentElement, { attributes: true });`);
  const sent: number[] = [];
  for (let count = 2; count <= 60; count++) {
    sent[count] = Date.now();
    server.push({ type: 'status', status: { ...watchingStatus(), lastFrameAt: Date.now() } });
    server.push({ type: 'speech', speech: narration(151, Array(count).fill('word').join(' '), false) });
    await expect.poll(async () => (await shown.textContent())?.split(' ').length, { interval: 25 }).toBe(count);
  }
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  const seen = (await page.evaluate('seen')) as [number, number][];
  const delays = sent
    .flatMap((at, count) =>
      seen
        .filter(([words]) => words >= count)
        .slice(0, 1)
        .map(([, shownAt]) => shownAt - at),
    )
    .sort((a, b) => a - b);
  expect(delays.length).toBe(59);
  expect(delays[Math.floor(delays.length * 0.95)]).toBeLessThanOrEqual(50);
  expect(await page.evaluate('restyled')).toBe(0);
});
