/** How soon a token of the real engine is a picture in the real window. One clock, nothing taken off. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sampleRecording } from '../../main/assistant/sample.ts';
import { browserMode, until } from '../support/browser-mode.ts';
import { launchBrowser } from '../support/window-browser.ts';

const drawnTexts = readFileSync(new URL('../support/drawn-texts.js', import.meta.url), 'utf8');
const mostMs = 50;
/** What else runs on the machine may take time from a whole measurement, never from a single sample: it is made again. */
const attempts = 4;
const now = () => performance.timeOrigin + performance.now();

test(`a token is in the window within ${mostMs} ms, in 95 of 100 cases`, { timeout: 240_000 }, async () => {
  await using mode = await browserMode();
  const told: { readonly id: number; readonly text: string; readonly at: number }[] = [];
  mode.assistant.subscribe((news) => {
    if (news.type === 'speech' && news.speech.text !== '')
      told.push({ id: news.speech.id, text: news.speech.text.trim(), at: now() });
  });
  await using owned = new AsyncDisposableStack();
  const browser = await launchBrowser();
  owned.defer(() => browser.close());
  const page = await browser.newPage({ locale: 'en' });
  using client = mode.assistant.connect();
  await client.request('watch', { source: sampleRecording });
  await page.goto(mode.server.url.replace('/?', '/overlay?'));
  await page.getByRole('textbox', { name: 'Ask about' }).waitFor();
  await page.evaluate(drawnTexts);

  let p95 = Number.POSITIVE_INFINITY;
  for (let attempt = 1; attempt <= attempts && p95 > mostMs; attempt++) {
    told.length = 0;
    await client.request('watch', { source: sampleRecording });
    const began = performance.now();
    await until(() => told.length >= 60 || performance.now() - began > 45_000);
    await page.waitForTimeout(1000);
    const drawn = await page.evaluate<[string, number][]>('window.drawn');
    const delays = told.flatMap(({ id, at }, i) => {
      // A text that the next one overtook was seen with that. Others may have begun with the same words before.
      const texts = new Set(told.slice(i).flatMap((later) => (later.id === id ? [later.text] : [])));
      const seen = drawn.find(([text, drawnAt]) => drawnAt >= at && texts.has(text));
      return seen ? [seen[1] - at] : [];
    });
    delays.sort((a, b) => a - b);
    p95 = delays[Math.floor(0.95 * delays.length)] ?? Number.POSITIVE_INFINITY;
    const median = delays[Math.floor(0.5 * delays.length)] ?? Number.NaN;
    console.log(`${delays.length} of ${told.length} texts, median ${median.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`);
    expect(delays.length).toBeGreaterThan(0.9 * told.length);
    expect(delays.length).toBeGreaterThan(20);
  }
  expect(p95).toBeLessThanOrEqual(mostMs);
});
