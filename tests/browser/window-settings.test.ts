import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Settings } from '../../preload/contract.ts';
import { launchBrowser, openWindow } from '../support/window-browser.ts';
import { type StoryChoices, tellStory } from '../support/window-story.ts';

describe('the settings', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test('every change is sent at once and shown at once', async () => {
    await using window = await openWindow(browser, 'settings');
    const { page, server } = window;
    const changes = () =>
      server.received.flatMap(({ name, input }) => (name === 'settings' ? [(input as { change: object }).change] : []));
    const sent = (change: Partial<Settings>) => expect.poll(() => changes().at(-1)).toEqual(change);
    await page.getByRole('switch', { name: 'Read aloud' }).check();
    await sent({ voice: true });
    await page.getByRole('spinbutton', { name: 'Keep for days' }).fill('7');
    await page.keyboard.press('Tab');
    await sent({ keepDays: 7 });
    await page.getByRole('textbox', { name: 'Hidden applications' }).fill('Signal');
    await page.keyboard.press('Enter');
    await sent({ hiddenApps: ['KeePassXC', '1Password', 'Bitwarden', 'Signal'] });
    await page.getByRole('button', { name: 'Remove 1Password' }).click();
    await sent({ hiddenApps: ['KeePassXC', 'Bitwarden', 'Signal'] });
    await page.getByRole('button', { name: /^Shortcut: ask/ }).click();
    await page.keyboard.press('Control+Alt+K');
    await sent({ shortcuts: { ask: 'Control+Alt+K', pause: 'Control+Alt+P', overlay: 'Control+Alt+O' } });
    await page.getByRole('combobox', { name: 'Text size' }).selectOption('large');
    await expect.poll(() => page.evaluate('getComputedStyle(document.documentElement).fontSize')).toBe('20px');
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('dark');
    await expect.poll(() => page.evaluate('getComputedStyle(document.body).colorScheme')).toBe('dark');
    await page.getByRole('combobox', { name: /^Language/ }).selectOption('ko');
    await page.getByRole('heading', { name: '설정', exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('ko');
    expect(window.complaints).toEqual([]);
  });

  test('what a model cannot do is told in the language of the window, if the model has it', async () => {
    await using window = await openWindow(browser, 'settings');
    const { page } = window;
    const limits = async () => {
      const told = page.locator('small', { hasText: /desktop screens only|데스크톱 화면만/ });
      await told.waitFor();
      return told.evaluate((element) => ({ text: element.textContent, language: element.closest('[lang]')?.lang }));
    };
    const english = { text: 'It knows desktop screens only.', language: 'en' };
    expect(await limits()).toEqual(english);
    const language = page.getByRole('combobox').filter({ has: page.locator('option[lang=ja]') });
    await language.selectOption('ko');
    await page.getByRole('heading', { name: '설정', exact: true }).waitFor();
    expect(await limits()).toEqual({ text: '데스크톱 화면만 압니다.', language: 'ko' });
    await language.selectOption('ja');
    await page.getByRole('heading', { name: '設定', exact: true }).waitFor();
    expect(await limits()).toEqual(english);
  });

  test('moving theta shows when it would have spoken before it is let go', async () => {
    await using window = await openWindow(browser, 'settings');
    const { page, server } = window;
    const preview = page.getByTestId('would-have-spoken');
    const times = async () => Number(/(\d+) times/.exec((await preview.textContent()) ?? '')?.[1] ?? 0);
    await expect.poll(times).toBeGreaterThan(5);
    const usual = await times();
    const slider = page.getByRole('slider', { name: 'Threshold for speaking' });
    await slider.evaluate((element) => {
      (element as unknown as { value: string }).value = '0.02';
      element.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await expect.poll(times).toBeLessThan(usual);
    expect(server.received.some(({ name }) => name === 'settings')).toBe(false);
    await slider.press('ArrowRight');
    await expect
      .poll(() => server.received.find(({ name }) => name === 'settings')?.input)
      .toEqual({ change: { theta: 0.03 } });
    await page.getByRole('button', { name: 'As the model says' }).click();
    await expect
      .poll(() => server.received.filter(({ name }) => name === 'settings').at(-1)?.input)
      .toEqual({ change: { theta: null } });
  });

  test('what it would have said heeds the pause after a narration, and how much it talks', async () => {
    const times = async (choices: StoryChoices) => {
      await using window = await openWindow(browser, 'settings', choices);
      const preview = window.page.getByTestId('would-have-spoken');
      await preview.waitFor();
      return await preview.textContent();
    };
    const counted = async (choices: StoryChoices) => Number(/(\d+) times/.exec((await times(choices)) ?? '')?.[1]);
    const usual = await counted({});
    expect(await counted({ policy: { refractorySeconds: 60 } })).toBeLessThan(usual);
    expect(await counted({ settings: { chattiness: 4 } })).toBeGreaterThan(usual);
    expect(await times({ settings: { chattiness: 0 } })).toContain('says nothing unasked');
  });

  test('a change of chattiness shows at once what it would have said', async () => {
    await using window = await openWindow(browser, 'settings');
    const { page } = window;
    const preview = page.getByTestId('would-have-spoken');
    await preview.filter({ hasText: /\d+ times/ }).waitFor();
    await page.getByRole('radio', { name: 'Says nothing unasked' }).check({ force: true });
    await preview.getByText('At this chattiness it says nothing unasked').waitFor();
  });

  test('a refused change says why, next to it, and the field shows what is so', async () => {
    const refused = {
      ok: false as const,
      code: 'output-unwritable',
      message: 'Cannot write "/x". Choose another file.',
    };
    const answers = { ...tellStory(), settings: () => refused };
    await using window = await openWindow(browser, 'settings', { answers });
    const { page } = window;
    await page.getByRole('textbox', { name: 'Text file' }).fill('/x');
    await page.keyboard.press('Tab');
    await page.locator('.field', { hasText: 'Text file' }).getByRole('alert').getByText(refused.message).waitFor();
    const voice = page.getByRole('switch', { name: 'Read aloud' });
    await voice.click();
    await expect.poll(() => voice.isChecked()).toBe(false);
  });
});

describe('the first run', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test('a source that cannot be watched says why', async () => {
    const refused = {
      ok: false as const,
      code: 'source-unreadable',
      message: 'The camera is used by another program. Close it and try again.',
    };
    await using window = await openWindow(browser, 'welcome', {
      answers: { ...tellStory(), watch: () => refused as never },
    });
    await window.page.getByText('HD Webcam').click();
    await window.page.getByRole('alert').getByText(refused.message).waitFor();
  });
});
