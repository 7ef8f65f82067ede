/** A window that stays open all day. */
import type { CDPSession } from 'playwright-core';
import { expect, test } from 'vitest';
import { residentMb } from '../support/processes.ts';
import { launchBrowser, narration, openWindow } from '../support/window-browser.ts';
import { recordedPictures, watchingStatus } from '../support/window-story.ts';

const hours = 2;
const framesAnHour = 7200;
const most = { memoryMb: 250, heapGrowthMb: 4, growthMb: 40 };

test('it is as small after two hours of news as after the first minutes', { timeout: 300_000 }, async () => {
  await using owned = new AsyncDisposableStack();
  const browser = await launchBrowser();
  owned.defer(() => browser.close());
  const { page, server, context } = owned.use(await openWindow(browser, 'overlay'));
  const processes = await browser.newBrowserCDPSession();
  const inside = await context.newCDPSession(page);
  const pictures = await recordedPictures(384); // as wide as the engine's
  /** So that the day ends now: what is shown is by the clock. */
  const began = Date.now() - (hours + 1) * 3_600_000;
  let frame = 0;
  let said = 0;

  /** Tells the news of so many frames, two a second, and waits for the window after each minute of them. */
  async function pass(frames: number): Promise<void> {
    for (const end = frame + frames; frame < end; frame++) {
      const at = began + frame * 500;
      server.push({ type: 'frame', at, t: frame / 2, pSilent: 0.9, reason: 'silent', latencyMs: 20 });
      if (frame % 2 === 0)
        server.push({ type: 'preview', at, jpeg: another(pictures[(frame / 2) % pictures.length]!, frame) });
      if (frame % 20 === 0) server.push({ type: 'status', status: { ...watchingStatus(), lastFrameAt: at } });
      if (frame % 24 === 0) {
        server.push({ type: 'speech', speech: { ...narration(++said, `Something happened, number ${said}.`), at } });
      }
      if (frame % 120 === 0)
        await page
          .getByRole('article')
          .filter({ hasText: `number ${said}.` })
          .waitFor();
    }
  }

  async function memory(): Promise<{ resident: number; heap: number }> {
    await inside.send('HeapProfiler.collectGarbage');
    const { usedSize } = await inside.send('Runtime.getHeapUsage');
    return { resident: residentMb(await renderer(processes)), heap: usedSize / 2 ** 20 };
  }

  await pass(framesAnHour);
  const before = await memory();
  await pass(hours * framesAnHour);
  const after = await memory();
  const figures = JSON.stringify({ before, after });
  expect(after.resident, figures).toBeLessThan(most.memoryMb);
  expect(after.resident - before.resident, figures).toBeLessThan(most.growthMb);
  expect(after.heap - before.heap, figures).toBeLessThan(most.heapGrowthMb);
});

/** The process of the one page: Chromium keeps an empty one in reserve, which is smaller. */
async function renderer(processes: CDPSession): Promise<number> {
  const { processInfo } = await processes.send('SystemInfo.getProcessInfo');
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  return pids.sort((a, b) => residentMb(b) - residentMb(a))[0]!;
}

/** The same picture under another address, so that no cache has it: decoders do not look at what follows its end. */
function another(jpeg: string, number: number): string {
  const [kind, bytes] = jpeg.split(',');
  const different = Buffer.concat([Buffer.from(bytes!, 'base64'), Buffer.from(String(number))]);
  return `${kind},${different.toString('base64')}`;
}
