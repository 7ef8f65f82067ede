import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, narration, openFloating, openWindow } from '../support/window-browser.ts';
import { recordedPictures, watchingStatus } from '../support/window-story.ts';

describe('the overlay', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test('the token leaves the address bar and stays for the tab', async () => {
    await using window = await openWindow(browser, 'overlay');
    expect(window.page.url()).toBe(`${window.server.origin}/overlay`);
    await window.page.reload();
    await window.page.getByRole('textbox', { name: 'Ask about' }).waitFor();
    expect(window.complaints).toEqual([]);
  });

  test('a narration grows word by word, and is announced once, when it is complete', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    const shown = page.locator('article').first();
    const announcer = page.getByTestId('announcer');
    const words = ['An', 'error', 'dialog', 'appeared.'];
    for (let count = 1; count < words.length; count++) {
      const text = words.slice(0, count).join(' ');
      server.push({ type: 'speech', speech: narration(1, text, false) });
      await expect.poll(() => shown.locator('bdi').textContent()).toBe(text);
      expect(await announcer.textContent()).toBe('');
    }
    server.push({ type: 'speech', speech: narration(1, words.join(' ')) });
    await expect.poll(() => announcer.textContent()).toBe('An error dialog appeared.');
    expect(await page.locator('article').count()).toBe(1);
    expect(await announcer.getAttribute('aria-live')).toBe('polite');
  });

  test('what is taken back disappears, and what is forgotten too', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    server.push({ type: 'speech', speech: narration(1, 'Said again', false) });
    await page.getByText('Said again').waitFor();
    server.push({ type: 'speech', speech: narration(1, '') });
    await expect.poll(() => page.locator('article').count()).toBe(0);
    server.push({ type: 'speech', speech: narration(2, 'A secret.') });
    await page.getByRole('button', { name: 'A secret.' }).waitFor();
    await page.getByRole('button', { name: 'Pin' }).click();
    server.push({ type: 'forgotten', span: { from: Date.now() - 60_000, before: Date.now() + 1000 } });
    await expect.poll(() => page.locator('article').count()).toBe(0);
  });

  test('the newest picture is shown, and a broken one leaves it there', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    const [small] = await recordedPictures(320);
    const [large] = await recordedPictures(640);
    const canvas = page.locator('canvas');
    const width = () => canvas.evaluate((element) => (element as unknown as { width: number }).width);
    for (const jpeg of [large!, small!]) server.push({ type: 'preview', at: Date.now(), jpeg });
    await canvas.waitFor();
    await expect.poll(width).toBe(320);
    for (const jpeg of [large!, 'data:image/jpeg;base64,AAAA', 'data:image/jpeg;base64,*']) {
      server.push({ type: 'preview', at: Date.now(), jpeg });
      await expect.poll(width).toBe(640);
    }
    expect(await canvas.isVisible()).toBe(true);
    expect(window.complaints).toEqual([]);
  });

  test('the picture of what is forgotten goes as well', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    const [jpeg] = await recordedPictures();
    const at = Date.now();
    server.push({ type: 'preview', at, jpeg: jpeg! });
    const picture = page.getByRole('img', { name: 'What is being watched' });
    await picture.waitFor();
    server.push({ type: 'forgotten', span: { from: at - 60_000, before: at } });
    server.push({ type: 'speech', speech: narration(1, 'It goes on.') });
    await page.getByText('It goes on.').first().waitFor();
    expect(await picture.count()).toBe(1);
    server.push({ type: 'forgotten', span: { from: at - 60_000, before: at + 1 } });
    await picture.waitFor({ state: 'detached' });
  });

  test('a question that fails leaves nothing that is being written', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    const answer = { id: 1, kind: 'answer' as const, at: Date.now(), t: 1, query: 'Did it finish?', text: '' };
    server.push({ type: 'speech', speech: { ...answer, done: false } });
    await page.getByRole('img', { name: 'Being written' }).waitFor();
    server.push({ type: 'speech', speech: { ...answer, done: true } });
    await expect.poll(() => page.locator('article').count()).toBe(0);
  });

  test('it can be copied, pinned, and opened in the timeline', async () => {
    await using window = await openWindow(browser, 'overlay', { speeches: [narration(7, 'A terminal opened.')] });
    const { page, context } = window;
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('A terminal opened.');
    await page.getByRole('button', { name: 'Pin' }).click();
    await page.getByRole('list', { name: 'Pinned' }).getByText('A terminal opened.').waitFor();
    const [timeline] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('region', { name: 'What was said' }).getByText('A terminal opened.').click(),
    ]);
    expect(timeline.url()).toMatch(/\/timeline#at=\d+$/);
    await timeline.getByRole('heading', { name: 'Timeline' }).waitFor();
  });

  test('text of the model is shown as text: markup, links, control characters, overrides of direction', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server, complaints } = window;
    const nasty =
      '<img src=x onerror="alert(1)"> [a](javascript:alert(1)) \u202Egpj.exe\u2066 a\u0000\u0007b </bdi><script>alert(1)</script>';
    const seen = '<img src=x onerror="alert(1)"> [a](javascript:alert(1)) gpj.exe a b </bdi><script>alert(1)</script>';
    server.push({ type: 'speech', speech: narration(1, nasty, false) });
    await expect.poll(() => page.locator('article bdi').textContent()).toBe(seen);
    server.push({ type: 'speech', speech: { ...narration(2, nasty), kind: 'answer', query: nasty } });
    await expect.poll(() => page.locator('article').nth(1).locator('.query bdi').textContent()).toBe(seen);
    expect(await page.locator('article :is(img, a, script)').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a question is asked by keyboard and its answer arrives with its moments', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    await page.keyboard.press('/');
    await page.keyboard.type('Did it finish?');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => server.received.filter(({ name }) => name === 'ask'))
      .toEqual([{ name: 'ask', input: { text: 'Did it finish?' } }]);
    const at = Date.now() - 60_000;
    const moment = {
      session: 1,
      source: 'screen',
      from: 1,
      to: 2,
      at,
      utterances: [{ t: 1, at, kind: 'narration' as const, text: 'The command finished.' }],
      matched: [],
    };
    const answer = { id: 9, kind: 'answer' as const, at: Date.now(), t: 9, query: 'Did it finish?' };
    server.push({ type: 'speech', speech: { ...answer, text: '', done: false } });
    await page.getByRole('img', { name: 'Being written' }).waitFor();
    server.push({ type: 'speech', speech: { ...answer, text: 'Yes, it did.', done: true, moments: [moment] } });
    await page.getByRole('list', { name: 'Moments it rests on' }).getByText('The command finished.').waitFor();
    await page.keyboard.press('Control+k');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('INPUT');
  });

  test('pause, resume, chattiness and the standing instruction reach the program', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    await page.getByRole('button', { name: 'Pause' }).click();
    server.push({ type: 'status', status: { ...watchingStatus(), state: 'paused' } });
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByLabel('How much it talks').click();
    await page.getByRole('radio', { name: 'At the slightest cause' }).check({ force: true });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Edit the standing instruction' }).click();
    await page.keyboard.type('Only errors.');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Edit the standing instruction Only errors.' }).waitFor();
    const wanted = server.received.filter(({ name }) => ['pause', 'resume', 'settings'].includes(name));
    expect(wanted).toEqual([
      { name: 'pause', input: { until: null } },
      { name: 'resume', input: {} },
      { name: 'settings', input: { change: { chattiness: 4 } } },
      { name: 'settings', input: { change: { instruction: 'Only errors.' } } },
    ]);
  });

  test.each([1280, 420])('a notice covers neither the newest words nor the ask box, %i pixels wide', async (width) => {
    const speeches = Array.from({ length: 40 }, (_, i) => narration(i + 1, `Sentence ${i + 1}.`));
    await using window = await openWindow(browser, 'overlay', { speeches });
    const { page, server } = window;
    await page.setViewportSize({ width, height: 720 });
    for (const code of ['a', 'b'])
      server.push({ type: 'notice', code, message: 'The shortcut is taken. Choose another.' });
    await page.getByText('The shortcut is taken').last().waitFor();
    await page.getByRole('button', { name: 'Sentence 40.' }).click({ trial: true });
    await page.getByRole('textbox', { name: 'Ask about' }).click({ trial: true, timeout: 2000 });
  });

  test('a notice is shown once, and one about an instruction goes with it', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    const notices = page.getByRole('button', { name: 'Dismiss' });
    const notUnderstood = {
      type: 'notice',
      code: 'instruction-not-understood',
      message: 'I do not understand.',
    } as const;
    server.push(notUnderstood);
    server.push({ type: 'notice', code: 'x', message: 'The shortcut is taken.' });
    server.push(notUnderstood);
    await page.getByText('The shortcut is taken.').waitFor();
    await expect.poll(() => notices.count()).toBe(2);
    await page.getByRole('button', { name: 'Edit the standing instruction' }).click();
    await page.keyboard.type('Only tell me about errors.');
    await page.keyboard.press('Enter');
    await page.getByText('I do not understand.').waitFor({ state: 'detached' });
    expect(await notices.count()).toBe(1);
  });

  test('a quiet line says how sure it was that silence is right, and where it would have spoken', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    await page.getByRole('img', { name: 'No decision yet' }).waitFor();
    for (const [i, pSilent] of [0.98, 0.97, 0.12, 0.9].entries()) {
      const reason = pSilent < 0.4 ? 'spoke' : 'silent';
      server.push({ type: 'frame', at: Date.now() + i * 500, t: i / 2, pSilent, reason, latencyMs: 1 });
    }
    const meter = page.getByRole('img', { name: 'Silence is 90% likely; below 40% it speaks' });
    await meter.waitFor();
    expect(await meter.locator('circle').count()).toBe(1);
    expect((await meter.locator('polyline').getAttribute('points'))?.split(' ')).toHaveLength(4);
  });

  test('the dot ages with the last frame, and a failure says what to do', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    await page.getByRole('img', { name: 'Watching: the last frame' }).waitFor();
    server.push({ type: 'status', status: { ...watchingStatus(), lastFrameAt: Date.now() - 6000 } });
    await page.getByRole('img', { name: 'Waiting for a new frame' }).waitFor();
    server.push({ type: 'status', status: { ...watchingStatus(), lastFrameAt: Date.now() - 22_000 } });
    await page.getByRole('img', { name: 'No frame arrives' }).waitFor();
    const message = 'The screen is gone. Plug it in again.';
    server.push({ type: 'status', status: { ...watchingStatus(), state: 'failed', message } });
    await page.getByText(message).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => server.received.at(-1)).toEqual({ name: 'watch', input: { source: 'screen:1' } });
  });

  test('a lost connection is said, made again, and the window catches up', async () => {
    await using window = await openWindow(browser, 'overlay');
    const { page, server } = window;
    server.dropConnections();
    await page.getByText('The connection to Onlooker was lost').waitFor();
    await expect.poll(() => server.received.filter(({ name }) => name === 'hello').length).toBeGreaterThan(1);
    await page.getByText('The connection to Onlooker was lost').waitFor({ state: 'detached' });
    server.push({ type: 'speech', speech: narration(3, 'It goes on.') });
    await page.getByRole('button', { name: 'It goes on.' }).waitFor();
  });

  test('for OBS there is nothing but narration on a transparent page', async () => {
    await using window = await openWindow(browser, 'overlay', { query: '?transparent=1' });
    const { page, server } = window;
    server.push({ type: 'speech', speech: narration(1, 'A terminal opened.') });
    await page.getByText('A terminal opened.').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe('rgba(0, 0, 0, 0)');
    expect(server.received.some(({ name }) => name === 'cover')).toBe(false);
  });

  test('where it covers the screen is reported once, as shares of the screen', async () => {
    await using window = await openWindow(browser, 'overlay', { screen: { width: 1920, height: 1080 } });
    const covers = () => window.server.received.filter(({ name }) => name === 'cover');
    await expect.poll(() => covers().length).toBe(1);
    const { area } = covers()[0]!.input as { area: { x: number; y: number; width: number; height: number } };
    expect(area.width).toBeGreaterThan(0);
    expect(area.x + area.width).toBeLessThanOrEqual(1);
  });

  test('one that fills the screen is not painted out: nothing would be left to watch', async () => {
    await using window = await openWindow(browser, 'overlay', { screen: { width: 1280, height: 720 } });
    const covers = () => window.server.received.filter(({ name }) => name === 'cover');
    await expect.poll(() => covers().length).toBe(1);
    expect(covers()[0]!.input).toEqual({ area: null });
  });

  test('who was never here is led to the first run', async () => {
    await using window = await openWindow(browser, 'overlay', { welcomed: false });
    await window.page.getByRole('heading', { name: 'Welcome to Onlooker' }).waitFor();
    expect(new URL(window.page.url()).pathname).toBe('/welcome');
    // It is named in the language of the window, however the program calls the file.
    await window.page.getByRole('button', { name: 'Sample recording' }).waitFor();
    // In a low window the question about remembering hides nothing above it.
    await window.page.setViewportSize({ width: 420, height: 260 });
    const footer = window.page.locator('footer');
    expect(await footer.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThanOrEqual(260);
  });

  test.each([220, 360])('everything can be reached in an overlay that is %i pixels high', async (height) => {
    await using window = await openFloating(browser, [narration(1, 'A terminal opened.')]);
    const { page } = window;
    await page.setViewportSize({ width: 420, height });
    await page.mouse.move(100, 100);
    await page.getByRole('textbox', { name: 'Ask about' }).click();
    const menu = page.getByLabel('How much it talks');
    await menu.click();
    const choices = page.getByRole('button', { name: 'Until tomorrow' });
    await choices.first().click({ trial: true });
    await choices.last().click();
    await choices.last().waitFor({ state: 'hidden' });
    const instruction = page.getByRole('button', { name: 'Edit the standing instruction' });
    if (!(await instruction.isVisible())) await menu.click();
    await instruction.click();
    await page.keyboard.type('Only errors.');
    await page.getByRole('button', { name: 'Save the instruction' }).click();
    await page.getByRole('textbox', { name: 'Standing instruction' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    const message = 'The screen is gone. Plug it in again.';
    const status = { ...watchingStatus(), state: 'failed' as const, code: 'source-lost', message, filtering: true };
    await window.push({ type: 'status', status });
    await window.push({ type: 'notice', code: 'x', message: 'The shortcut is taken. Choose another one.' });
    await page.getByRole('textbox', { name: 'Ask about' }).click();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'Choose another source' }).click();
  });

  test('floating over other programs it is only what is still to be read, until somebody turns to it', async () => {
    const said = [
      { ...narration(1, 'Long ago.'), at: Date.now() - 90_000 },
      { ...narration(2, 'Just now.'), at: Date.now() + 20_000 },
    ];
    await using window = await openFloating(browser, said);
    const { page } = window;
    await page.getByRole('article').getByText('Just now.').waitFor();
    expect(await page.getByText('Long ago.').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe('rgba(0, 0, 0, 0)');
    await page.mouse.move(100, 100);
    await page.getByText('Long ago.').waitFor();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.mouse.move(-10, -10);
    await page.keyboard.press('/');
    await page.getByText('Long ago.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Ask about' }).evaluate((box) => box.matches(':focus'))).toBe(true);
  });
});
