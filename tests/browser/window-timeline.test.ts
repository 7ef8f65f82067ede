import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, openWindow } from '../support/window-browser.ts';
import type { Answers } from '../support/window-server.ts';
import { tellStory } from '../support/window-story.ts';

describe('the timeline', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  const nine = new Date().setHours(9, 0, 0, 0);

  test('a day has its curve, its hours, its pictures and its gaps; another day can be chosen', async () => {
    await using window = await openWindow(browser, 'timeline');
    const { page, server, complaints } = window;
    await page.getByRole('img', { name: 'How likely silence was' }).waitFor();
    await page.getByRole('region', { name: '09:00' }).getByText('A terminal opened.').first().waitFor();
    await page.getByRole('button', { name: 'Enlarge the picture' }).first().click();
    await page.getByRole('dialog').getByRole('img').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: '10:00' }).getByText('Nothing seen from 10:24, for 6 min').waitFor();
    await page.getByRole('navigation').getByRole('button').nth(1).click();
    await expect
      .poll(() => server.received.filter(({ name }) => name === 'gaps').at(-1)?.input)
      .toMatchObject({ from: new Date(new Date(nine).setDate(new Date(nine).getDate() - 1)).setHours(0, 0, 0, 0) });
    expect(complaints).toEqual([]);
  });

  test('hours far below are read only when they come near', async () => {
    await using window = await openWindow(browser, 'timeline');
    const { page, server } = window;
    const read = (hour: number) =>
      server.received.some(
        ({ name, input }) => name === 'moments' && (input as { from: number }).from === nine + hour * 3_600_000,
      );
    await expect.poll(() => read(0)).toBe(true);
    expect(read(2)).toBe(false);
    await page.getByRole('heading', { name: '11:00' }).scrollIntoViewIfNeeded();
    await expect.poll(() => read(2)).toBe(true);
  });

  test('a moment of another window is brought into view and marked', async () => {
    await using window = await openWindow(browser, 'timeline');
    const { page, server } = window;
    await page.goto(`${server.origin}/timeline#at=${nine + 2_700 + 2 * 3_600_000 - 1_320_000}`);
    await page.reload();
    const marked = page.locator('li[aria-current="true"]');
    await marked.waitFor();
    await expect.poll(() => marked.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThan(0);
  });

  test('a search shows why each moment matched, and leads to it', async () => {
    await using window = await openWindow(browser, 'timeline');
    const { page } = window;
    await page.getByRole('searchbox', { name: 'Search the memory' }).fill('dialog');
    await page.keyboard.press('Enter');
    await page.getByText('40 moments').waitFor();
    const first = page.getByRole('main').getByRole('listitem').first();
    expect(await first.locator('mark').first().textContent()).toBe('dialog');
    await first.getByText('Said: dialog').waitFor();
    await first.getByRole('button').click();
    await page.locator('li[aria-current="true"]').getByText('dialog').waitFor();
    expect(page.url()).toMatch(/#at=\d+$/);
  });

  test('text of the model and of other programs is shown as text', async () => {
    const nasty = '<img src=x onerror="alert(1)"> \u202Egpj.exe\u2066 a\u0000\u0007b';
    const seen = '<img src=x onerror="alert(1)"> gpj.exe a b';
    const utterances = [{ t: 1, at: nine, kind: 'answer' as const, query: nasty, text: nasty }];
    const moment = { session: 1, source: nasty, from: 1, to: 2, at: nine, utterances };
    const answers: Answers = {
      ...tellStory(),
      moments: ({ from, before }) => ({ moments: nine >= from && nine < before ? [{ ...moment, matched: [] }] : [] }),
      search: () => [{ ...moment, matched: [{ in: 'source', words: [nasty] }] }],
      recap: () => `# Morning\n- ${nasty}`,
    };
    await using window = await openWindow(browser, 'timeline', { answers });
    const { page, complaints } = window;
    const line = page.locator('section li p');
    await line.locator('bdi').first().waitFor();
    await expect.poll(() => line.locator('bdi').allTextContents()).toEqual([seen, seen]);
    await page.getByRole('button', { name: 'Recap' }).click();
    const recapped = page.locator('section[aria-labelledby="recap-title"] li');
    await expect.poll(() => recapped.textContent().then((text) => text?.trim())).toBe(seen);
    await page.getByRole('searchbox', { name: 'Search the memory' }).fill('exe');
    await page.keyboard.press('Enter');
    const found = page.getByRole('main').getByRole('listitem').first();
    await found.locator('.chip', { hasText: seen }).waitFor();
    expect((await found.locator('bdi').allTextContents()).map((text) => text.trim())).toEqual([seen, seen]);
    expect(await page.evaluate("document.body.innerHTML.includes('\u202e')")).toBe(false);
    expect(await page.locator('img:not([src^="data:"]), [onerror]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a span is chosen, recapped, exported, and deleted after saying what will go', async () => {
    await using window = await openWindow(browser, 'timeline');
    const { page, server } = window;
    await page.getByLabel('From').fill('09:00');
    await page.getByLabel('to', { exact: true }).fill('09:05');
    const span = { from: nine, before: nine + 300_000 };

    await page.getByRole('button', { name: 'Recap' }).click();
    await page.getByText('three commands ran and finished').waitFor();
    await page.getByLabel('Format').selectOption('vtt');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('onlooker.vtt');
    expect(await readFile((await file.path())!, 'utf8')).toContain('A terminal opened.');

    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('10 sentences and 10 pictures').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(server.received.some(({ name }) => name === 'forget')).toBe(false);
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Deleted: 3 sentences, 2 pictures, 120 frames.').waitFor();
    for (const [name, input] of [
      ['recap', span],
      ['export', { ...span, format: 'vtt' }],
      ['forget', span],
    ] as const) {
      expect(server.received.find((request) => request.name === name)?.input).toEqual(input);
    }
    // Whoever forgets tells every window, and they read again.
    server.push({ type: 'forgotten', span });
    await expect.poll(() => page.getByText('09:00:02').count()).toBe(0);
  });
});
