/**
 * A user's way through the window: first run, narration, a question, pause, theta, timeline, export, forgetting. Real
 * Chromium, real engine, the sample recording in real time.
 */
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import type { News } from '../../preload/contract.ts';
import { browserMode, type TestedMode, until } from '../support/browser-mode.ts';
import { count } from '../support/memory.ts';
import { isComplaint, launchBrowser } from '../support/window-browser.ts';

const owned = new AsyncDisposableStack();
let mode: TestedMode;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];
/** What the program told. */
const news: { readonly news: News }[] = [];
/** What the first run measured. */
const secondsToWords: number[] = [];

beforeAll(async () => {
  mode = owned.use(await browserMode());
  mode.assistant.subscribe((one) => news.push({ news: one }));
  const browser = await launchBrowser();
  owned.defer(() => browser.close());
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en', acceptDownloads: true });
  // What the page itself complains of: scripts, and whatever its policy forbids.
  context.on('console', (message) => {
    if (isComplaint(message)) problems.push(message.text());
  });
  context.on('weberror', (error) => problems.push(error.error().message));
  page = await context.newPage();
});
afterAll(() => owned.disposeAsync());

const framesTold = () => news.filter(({ news: { type } }) => type === 'frame').length;

test('the first run: a source, a picture, the first words', async () => {
  // The tests after this one need its end: it tells what the window and the program had come to.
  onTestFailed(async () =>
    console.log(await page.locator('body').ariaSnapshot(), mode.assistant.status, mode.log, problems),
  );
  secondsToWords.push(await firstWords(page, mode));
  await page.getByRole('button', { name: 'Done' }).click();
  await page.waitForURL('**/overlay');
  await page.locator('article').first().waitFor();
});

// What other programs take of the machine at a bad moment is not the program's: the best of three counts.
test('the first words come within ten seconds', { retry: 2 }, async () => {
  const seconds = secondsToWords.pop() ?? (await firstWordsAnew());
  console.log(`first words after ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(10);
});

test('a question is answered', async () => {
  await page.getByLabel('Ask about what is or was on the screen').fill('What is on the screen?');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  const answer = page.locator('article.answer').filter({ hasText: 'What is on the screen?' });
  await answer.locator('.text bdi').filter({ hasText: /\w{3}/ }).waitFor();
});

test('pause and resume', async () => {
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('Paused', { exact: true }).waitFor();
  // What was seen before may be decided on a moment later.
  await page.waitForTimeout(1000);
  const frames = framesTold();
  await page.waitForTimeout(1500);
  expect(framesTold()).toBe(frames);
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await page.getByText('Watching', { exact: true }).waitFor();
  await until(() => framesTold() > frames);
});

test('theta is changed, and holds', async () => {
  const settings = await openTab('Open the settings');
  const slider = settings.getByRole('slider', { name: 'Threshold for speaking' });
  await slider.focus();
  await slider.press('Home');
  await until(() => mode.assistant.status.theta === 0.01);
  await until(() => JSON.parse(readFileSync(mode.settingsPath, 'utf8')).theta === 0.01);
  await settings.getByRole('button', { name: 'As the model says' }).click();
  await until(() => mode.assistant.settings.theta === null);
  await settings.close();
});

test('the window loses no frame and stays small', async () => {
  const gaps = news.flatMap(({ news: one }) => (one.type === 'gap' ? [one.gap] : []));
  expect(gaps.filter(({ reason }) => reason !== 'paused')).toEqual([]);
  const times = news.flatMap(({ news: one }) => (one.type === 'frame' ? [one.t] : []));
  expect(times.every((t, i) => i === 0 || Math.abs(t - times[i - 1]! - 0.5) < 1e-6)).toBe(true);
  const session = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => megabytes(id));
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value / 1e6;
  console.log(
    `window: renderer ${sizes.map((size) => size.toFixed(0)).join(', ')} MB, of that ${heap.toFixed(0)} MB of JavaScript`,
  );
  expect(Math.max(...sizes)).toBeLessThan(250);
});

test('the timeline finds, exports and forgets', async () => {
  const timeline = await openTab('Open the timeline');
  await timeline.getByRole('searchbox').fill('terminal');
  await timeline.getByRole('searchbox').press('Enter');
  await timeline
    .getByRole('status')
    .filter({ hasText: /\d+ moment/ })
    .waitFor();
  await timeline.locator('mark').first().waitFor();
  await timeline.getByRole('button', { name: 'Back to the day' }).click();

  await timeline.getByLabel('Format').selectOption('vtt');
  const downloading = timeline.waitForEvent('download');
  await timeline.getByRole('button', { name: 'Export', exact: true }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^onlooker-.*\.vtt$/);
  expect(readFileSync(await download.path(), 'utf8')).toMatch(/^WEBVTT\n\n\d\d:\d\d:\d\d\.\d{3} --> /);

  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('Paused', { exact: true }).waitFor();
  await timeline.getByRole('button', { name: 'Delete …' }).click();
  await timeline.getByRole('button', { name: 'Delete for good' }).click();
  await until(() => news.some(({ news: { type } }) => type === 'forgotten'));
  await page.locator('article').first().waitFor({ state: 'detached' });
  using memory = await openMemory({ folder: mode.memory });
  for (const table of ['utterances', 'thumbnails', 'frames']) expect([table, count(memory, table)]).toEqual([table, 0]);
  await timeline.close();
});

test('as a browser source in OBS it is narration on nothing', async () => {
  const source = await context.newPage();
  await source.goto(mode.server.address().replace('/?', '/overlay?transparent=1&'));
  await source.locator('main[aria-live]').waitFor({ state: 'attached' });
  const background = await source.evaluate('getComputedStyle(document.body).backgroundColor');
  expect(background).toBe('rgba(0, 0, 0, 0)');
  expect(await source.getByRole('button').count()).toBe(0);
  await source.close();
});

test('nothing was complained of', () => {
  expect(problems).toEqual([]);
  expect(mode.log).toEqual([]);
});

/** Seconds from the choice of the sample to the first words in the window, which is then at the end of its first run. */
async function firstWords(page: Page, { server }: TestedMode): Promise<number> {
  await page.goto(server.address());
  await page.waitForURL('**/welcome');
  expect(page.url()).not.toContain('ticket');
  const began = performance.now();
  await page.getByText('Sample recording', { exact: true }).click();
  await page.getByRole('img', { name: 'What is being watched' }).waitFor();
  await page.locator('blockquote').filter({ hasText: /\w{3}/ }).waitFor();
  return (performance.now() - began) / 1000;
}

/** The same in a program and a window of its own. */
async function firstWordsAnew(): Promise<number> {
  await using mode = await browserMode();
  await using page = await context.browser()!.newPage({ locale: 'en' });
  return await firstWords(page, mode);
}

async function openTab(name: string): Promise<Page> {
  const [opened] = await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name }).click()]);
  return opened;
}

/** Memory of a process that no other shares, and its part of what others share. Linux. */
function megabytes(pid: number): number {
  const [, kilobytes] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kilobytes) / 1000;
}
