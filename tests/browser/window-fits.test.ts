/** Small windows, long texts and still screens: what matters is seen, and nothing is cut off. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Moment, Speech } from '../../preload/contract.ts';
import { launchBrowser, narration, openFloating, openWindow } from '../support/window-browser.ts';
import type { Answers } from '../support/window-server.ts';
import { recordedPictures, tellStory } from '../support/window-story.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const long = 'A picture of the very long name of a report on the third quarter that nobody has shortened yet opened. ';

/** What an answer about the past looks like: a head, a line for each moment, and the moments. */
function answerAboutPast(id: number): Speech {
  const at = Date.now();
  const lines = Array.from({ length: 6 }, (_, i) => `- ${long}${i} [2026-05-01 13:05:0${i}, screen at 00:0${i}.0]`);
  const moments: Moment[] = lines.map((_, i) => {
    const utterances = [{ t: i, at: at + i, kind: 'narration' as const, text: long.repeat(2) }];
    return { session: 1, source: 'screen', from: i, to: i, at: at + i, utterances, matched: [] };
  });
  const text = ['This is what I saw of "report":', ...lines].join('\n');
  return { id, kind: 'answer', at, t: 9, query: 'When did I see the report?', text, done: true, moments };
}

const overflow = (page: Page) =>
  page.evaluate<string[]>(`[...document.querySelectorAll('main *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.moments button > bdi'))
    .map((element) => element.outerHTML.slice(0, 100))`);
const isInView = (page: Page, text: string) =>
  page.evaluate<boolean>(`(() => {
    const shown = [...document.querySelectorAll('article bdi')].findLast((element) => element.textContent.includes(${JSON.stringify(text)}));
    const box = shown?.getBoundingClientRect();
    if (!box) return false;
    const hit = document.elementFromPoint(box.left + 4, (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2);
    return box.top >= 0 && box.bottom <= innerHeight && (hit === shown || shown.contains(hit) || hit?.contains(shown));
  })()`);

describe('the overlay', () => {
  test.each(['browser', 'floating'])('long moments of an answer widen nothing (%s)', async (shell) => {
    const speeches = [answerAboutPast(1), narration(2, 'A terminal opened.')];
    await using window =
      shell === 'browser' ? await openWindow(browser, 'overlay', { speeches }) : await openFloating(browser, speeches);
    const { page } = window;
    for (const width of [446, 390]) {
      await page.setViewportSize({ width, height: 720 });
      await page.mouse.move(100, 100);
      await page.getByRole('article').getByText('A terminal opened.').waitFor();
      expect(await overflow(page)).toEqual([]);
      const [inner, outer] = await page.evaluate<number[]>(
        `(() => { const list = document.querySelector('[role=region]'); return [list.scrollWidth, list.clientWidth]; })()`,
      );
      expect(inner).toBeLessThanOrEqual(outer!);
    }
  });

  test('an answer about the past has a line for each moment', async () => {
    await using window = await openWindow(browser, 'overlay', { speeches: [answerAboutPast(1)] });
    const { page } = window;
    const lines = await page.evaluate<string[]>(
      `document.querySelector('.answer bdi + bdi, .answer .text bdi').innerText.split('\\n')`,
    );
    expect(lines[0]).toBe('This is what I saw of "report":');
    expect(lines).toHaveLength(7);
    expect(lines.slice(1).every((line) => line.startsWith('- '))).toBe(true);
  });

  test('a window that is opened while the screen stands still shows it', async () => {
    const [jpeg] = await recordedPictures();
    const story = tellStory();
    const answers: Answers = {
      ...story,
      hello: () => ({ ...(story.hello!({}) as object), preview: { at: 1, jpeg } }) as never,
    };
    await using window = await openWindow(browser, 'overlay', { answers });
    await window.page.getByRole('img', { name: 'What is being watched' }).waitFor();
    expect(await window.page.getByText('Waiting for a picture').count()).toBe(0);
  });

  test.each(['browser', 'floating'])(
    '420 pixels wide and 260 high, the newest sentence is seen (%s)',
    async (shell) => {
      const speeches = Array.from({ length: 9 }, (_, i) =>
        narration(i + 1, `Window number ${i + 1} came to the front.`),
      );
      await using window =
        shell === 'browser'
          ? await openWindow(browser, 'overlay', { speeches })
          : await openFloating(browser, speeches);
      const { page } = window;
      await page.setViewportSize({ width: 420, height: 260 });
      await page.mouse.move(100, 100);
      await page.getByRole('article').getByText('Window number 9').waitFor();
      expect(await isInView(page, 'Window number 9')).toBe(true);
      await page.getByRole('textbox', { name: 'Ask about' }).click();
      await page.getByRole('button', { name: 'Open the settings' }).click({ trial: true });
    },
  );

  test('when the sample recording is over, it can be had again, and the own screen is one step away', async () => {
    const status = { state: 'idle', source: 'sample.mp4' } as const;
    await using window = await openWindow(browser, 'overlay', { status });
    const { page, server } = window;
    await page.getByRole('button', { name: 'Again' }).click();
    await page.getByRole('button', { name: 'Watch my screen' }).click();
    const watched = () => server.received.filter(({ name }) => name === 'watch').map(({ input }) => input);
    await expect.poll(watched).toEqual([{ source: 'sample.mp4' }, { source: 'screen' }]);
  });

  test('when another recording is over, nothing of the kind is offered', async () => {
    await using window = await openWindow(browser, 'overlay', { status: { state: 'idle', source: 'mine.mp4' } });
    await window.page.getByText('Not watching').waitFor();
    expect(await window.page.getByRole('button', { name: 'Watch my screen' }).count()).toBe(0);
  });
});

test('the first run asks whether to remember; until then nothing is kept, and nothing is taken for granted', async () => {
  await using window = await openWindow(browser, 'welcome', { welcomed: false, settings: { remember: null } });
  const { page, server } = window;
  const yes = page.getByRole('group', { name: 'Shall it remember' }).getByRole('button', { name: 'Yes' });
  const no = page.getByRole('group', { name: 'Shall it remember' }).getByRole('button', { name: 'No', exact: true });
  expect([await yes.getAttribute('aria-pressed'), await no.getAttribute('aria-pressed')]).toEqual(['false', 'false']);
  await no.click();
  await expect.poll(() => no.getAttribute('aria-pressed')).toBe('true');
  await yes.click();
  await expect.poll(() => yes.getAttribute('aria-pressed')).toBe('true');
  const changes = server.received.filter(({ name }) => name === 'settings').map(({ input }) => input);
  expect(changes).toEqual([{ change: { remember: false } }, { change: { remember: true } }]);
});

describe('the timeline', () => {
  const recap = [
    '# Recap',
    '',
    'Watched 45 s in 1 session.',
    '',
    '## 2026-05-01',
    '',
    '### 12:00 to 12:10: a\\_b.mp4 (45 s)',
    '',
    '- **12:00:02** A terminal \\<b\\>opened\\</b\\>. <img src=x onerror="globalThis.broken = true">',
    '- and 2 more',
  ].join('\n');

  test('a recap is headings and lists, and never HTML', async () => {
    await using window = await openWindow(browser, 'timeline', { answers: { ...tellStory(), recap: () => recap } });
    const { page } = window;
    await page.getByRole('button', { name: 'Recap' }).click();
    const section = page.getByRole('region', { name: /What happened from/ });
    await section.getByRole('heading', { name: '12:00 to 12:10: a_b.mp4 (45 s)' }).waitFor();
    expect(await section.getByRole('listitem').allInnerTexts()).toEqual([
      '12:00:02 A terminal <b>opened</b>. <img src=x onerror="globalThis.broken = true">',
      'and 2 more',
    ]);
    expect(await section.locator('strong').textContent()).toBe('12:00:02');
    expect(await section.textContent()).not.toMatch(/[#*\\]/);
    expect(await page.evaluate('globalThis.broken')).toBeUndefined();
  });

  test.each([390, 446, 1180])('no two times under the curve touch, %i pixels wide', async (width) => {
    const story = tellStory();
    const began = new Date().setHours(9, 0, 0, 0);
    // So little was seen that the times have seconds, and are many.
    const curve: Answers['curve'] = ({ from, before, pieces }) =>
      Array.from({ length: pieces }, (_, i) => from + (i * (before - from)) / pieces)
        .filter((at) => at >= began && at < began + 100_000)
        .map((at) => ({ at, least: 0.5, mean: 0.5, changed: true }));
    await using window = await openWindow(browser, 'timeline', { answers: { ...story, curve, gaps: () => [] } });
    const { page } = window;
    await page.setViewportSize({ width, height: 760 });
    await page.locator('.ticks span').first().waitFor();
    await expect
      .poll(() =>
        page.evaluate(`(() => {
          const boxes = [...document.querySelectorAll('.ticks span')].filter((element) => element.textContent !== '').map((element) => {
            const range = document.createRange();
            range.selectNodeContents(element);
            return range.getBoundingClientRect();
          });
          const frame = document.querySelector('.ticks').getBoundingClientRect();
          return boxes.length > 0 && boxes.every((box, i) => box.right <= frame.right && (i === 0 || boxes[i - 1].right + 2 <= box.left));
        })()`),
      )
      .toBe(true);
  });
});
