/**
 * How soon a token of the real engine is a picture in the real window: from the moment it leaves the engine's process until
 * the picture that holds it is made. One clock, nothing taken off.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { sampleRecording } from '../../main/assistant/sample.ts';
import { browserMode, until } from '../support/browser-mode.ts';
import { temporaryFolder } from '../support/memory.ts';
import { launchBrowser } from '../support/window-browser.ts';

const drawnTexts = readFileSync(new URL('../support/drawn-texts.js', import.meta.url), 'utf8');
const mostMs = 50;
/** What else runs on the machine may take time from a whole measurement, never from a single sample: it is made again. */
const attempts = 4;
const hook = new URL('../support/notes-tokens.js', import.meta.url).href;

test(`a token is in the window within ${mostMs} ms, in 95 of 100 cases`, { timeout: 240_000 }, async () => {
  await using owned = new AsyncDisposableStack();
  const notes = join(owned.use(temporaryFolder()).path, 'tokens');
  writeFileSync(notes, '');
  vi.stubEnv('NODE_OPTIONS', `--import=${hook}`);
  vi.stubEnv('ONLOOKER_TOKENS', notes);
  owned.defer(() => void vi.unstubAllEnvs());
  const mode = owned.use(await browserMode());
  const told = () =>
    readFileSync(notes, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as [t: number, text: string, at: number]);
  const browser = await launchBrowser();
  owned.defer(() => browser.close());
  const page = await browser.newPage({ locale: 'en' });
  using client = mode.assistant.connect();
  await client.request('watch', { source: sampleRecording });
  await page.goto(mode.server.address().replace('/?', '/overlay?'));
  await page.getByRole('textbox', { name: 'Ask about' }).waitFor();
  await page.evaluate(drawnTexts);

  let p95 = Number.POSITIVE_INFINITY;
  for (let attempt = 1; attempt <= attempts && p95 > mostMs; attempt++) {
    const before = told().length;
    const fresh = () => told().slice(before);
    await client.request('watch', { source: sampleRecording });
    const began = performance.now();
    await until(() => fresh().length >= 60 || performance.now() - began > 45_000);
    await page.waitForTimeout(1000);
    const drawn = await page.evaluate<[string, number][]>('window.drawn');
    const texts = fresh();
    const delays = texts.flatMap(([t, , at], i) => {
      // A text that the next one overtook was seen with that. Others may have begun with the same words before.
      const wanted = new Set(texts.slice(i).flatMap(([other, text]) => (other === t ? [text] : [])));
      const seen = drawn.find(([text, drawnAt]) => drawnAt >= at && wanted.has(text));
      return seen ? [seen[1] - at] : [];
    });
    delays.sort((a, b) => a - b);
    p95 = delays[Math.floor(0.95 * delays.length)] ?? Number.POSITIVE_INFINITY;
    const median = delays[Math.floor(0.5 * delays.length)] ?? Number.NaN;
    console.log(`${delays.length} of ${texts.length} texts, median ${median.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`);
    expect(delays.length).toBeGreaterThan(0.9 * texts.length);
    expect(delays.length).toBeGreaterThan(20);
  }
  expect(p95).toBeLessThanOrEqual(mostMs);
});
