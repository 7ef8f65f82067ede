import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, launchBrowser, narration, openWindow } from '../support/window-browser.ts';

describe('axe finds nothing', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  for (const theme of ['light', 'dark'] as const) {
    for (const name of ['overlay', 'timeline', 'settings', 'welcome'] as const) {
      test(`in the ${name} window, ${theme}`, async () => {
        const speeches = [
          { ...narration(1, 'A terminal opened.'), at: Date.now() - 60_000 },
          { ...narration(2, 'Yes.'), kind: 'answer' as const, query: 'Did it finish?' },
        ];
        await using window = await openWindow(browser, name, { theme, speeches, status: { filtering: true } });
        const { page, server } = window;
        if (name === 'timeline') await page.getByText('A terminal opened.').first().waitFor();
        if (name === 'settings' || name === 'welcome') await page.getByRole('button', { name: 'HD Webcam' }).waitFor();
        server.push({ type: 'gap', gap: { from: Date.now() - 20_000, before: Date.now() - 10_000, reason: 'paused' } });
        server.push({ type: 'notice', code: 'x', message: 'The shortcut is taken. Choose another one.' });
        await page.getByText('The shortcut is taken').waitFor();
        expect(await axeViolations(page)).toEqual([]);
      });
    }
  }
});

describe('by keyboard', () => {
  test.each(['overlay', 'timeline', 'settings', 'welcome'] as const)(
    'everything in the %s window is reached and seen',
    async (name) => {
      const browser = await launchBrowser();
      try {
        await using window = await openWindow(browser, name, { speeches: [narration(1, 'A terminal opened.')] });
        const { page } = window;
        await page.getByRole('button').first().waitFor();
        const controls = await page
          .locator(
            'button:enabled:visible, input:not([type=radio]):enabled:visible, select:visible, summary:visible, a:visible',
          )
          .count();
        const reached = new Map<string, boolean>();
        for (let i = 0; i < controls * 4 + 10; i++) {
          await page.keyboard.press('Tab');
          const seen = (await page.evaluate(`(() => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          element.dataset.reached ??= String(Math.random());
          const marked = [element, element.closest('label')].some((one) => one && getComputedStyle(one).outlineStyle !== 'none');
          return { id: element.dataset.reached, marked };
        })()`)) as { id: string; marked: boolean } | null;
          if (!seen) break;
          if (reached.has(seen.id) && reached.size >= controls) break;
          // The parts of a field for a time are focused one after another; the field is marked at the first.
          reached.set(seen.id, seen.marked || reached.get(seen.id) === true);
        }
        expect([...reached.values()].filter((marked) => !marked)).toEqual([]);
        expect(reached.size).toBeGreaterThanOrEqual(Math.min(controls, 8));
      } finally {
        await browser.close();
      }
    },
  );
});
