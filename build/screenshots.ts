/**
 * Pictures of every window for the documents: docs/pictures/*.png. Browser mode as it really is, watching the sample
 * recording, in Chromium (CHROMIUM_PATH, default /usr/bin/chromium): `npm run screenshots`. Fonts for Korean, Japanese and
 * Chinese must be installed (Debian: fonts-noto-cjk).
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { openBrowserMode } from '../main/cli/browser-mode.ts';
import { buildWindow } from '../main/cli/build-window.ts';
import type { Language, WindowName } from '../preload/contract.ts';
import { compressPicture } from './compress-picture.ts';

const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const recording = fileURLToPath(new URL('../tests/fixtures/desk.mp4', import.meta.url));
const languages = ['en', 'ko', 'ja', 'zh'] as const;
const themes = ['light', 'dark'] as const;
/** Read in all languages, but in two there is one picture of each window. */
const inBothThemes: readonly Language[] = ['en', 'ko'];
const sizes: Readonly<Record<WindowName, { readonly width: number; readonly height: number }>> = {
  overlay: { width: 1180, height: 720 },
  timeline: { width: 1180, height: 760 },
  settings: { width: 980, height: 820 },
  welcome: { width: 720, height: 760 },
};

await using owned = new AsyncDisposableStack();
const files = await mkdtemp(join(tmpdir(), 'onlooker-screenshots-'));
owned.defer(() => rm(files, { recursive: true, force: true }));
await mkdir(folder, { recursive: true });
await buildWindow((line) => console.error(line));
const mode = owned.use(
  await openBrowserMode({ settings: join(files, 'settings.json'), memory: join(files, 'memory') }),
);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
owned.defer(() => browser.close());
await checkFonts();
const { assistant, server } = mode;
using client = assistant.connect();
const ask = async (name: string, input: object) => {
  const outcome = await client.request(name, input);
  if (!outcome.ok) throw new Error(`${name}: ${outcome.message}`);
};

// 1. What there is to see: most of the recording, a question in the middle of it.
await ask('settings', { change: { remember: true } });
await ask('watch', { source: recording });
await said(4);
await ask('ask', { text: 'What is on the screen?' });
await said(5);

// 2. Every window in every language, while it goes on watching.
for (const language of languages) {
  for (const theme of inBothThemes.includes(language) ? themes : (['light'] as const)) {
    await ask('settings', { change: { language, theme } });
    const context = await browser.newContext({ colorScheme: theme, locale: language === 'en' ? 'en-GB' : language });
    for (const name of ['overlay', 'timeline', 'settings', 'welcome'] as const) {
      await picture(context, name, join(folder, `${name}-${theme}-${language}.png`));
    }
    await context.close();
  }
}

/** @throws where a language would be drawn as boxes: then letters that differ look the same */
async function checkFonts(): Promise<void> {
  const page = await browser.newPage();
  const alike = await page.evaluate<string[]>(`(() => {
    const drawn = (letter) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 40 });
      const pen = canvas.getContext('2d');
      pen.font = '24px sans-serif';
      pen.fillText(letter, 4, 30);
      return canvas.toDataURL();
    };
    const letters = { ko: '가힣', ja: 'あヲ', zh: '说龙' };
    return Object.keys(letters).filter((language) => drawn(letters[language][0]) === drawn(letters[language][1]));
  })()`);
  await page.close();
  if (alike.length > 0)
    throw new Error(`No font is installed for ${alike.join(', ')}. Install one, such as fonts-noto-cjk.`);
}

/** A window's picture. Where the recording is over before the window shows what it should, it is watched once more. */
async function picture(context: BrowserContext, name: WindowName, path: string): Promise<void> {
  while (!(await taken(context, name, path))) {
    await ask('watch', { source: recording });
    await said(2);
  }
  await compressPicture(path);
  console.log(path);
}

/** Takes the picture; false if nothing is being watched any more. */
async function taken(context: BrowserContext, name: WindowName, path: string): Promise<boolean> {
  if (assistant.status.state !== 'watching') return false;
  const page = await context.newPage();
  await page.setViewportSize(sizes[name]);
  await page.goto(server.address().replace('/?', `/${name}?`));
  await page.locator('main:not(.waiting)').first().waitFor();
  try {
    await filled(page, name);
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    return true;
  } catch (error) {
    if (assistant.status.state === 'watching') throw error;
    return false;
  } finally {
    await page.close();
  }
}

/** What a window is there for has arrived. */
async function filled(page: Page, name: WindowName): Promise<void> {
  switch (name) {
    case 'overlay':
      await page.locator('article').first().waitFor();
      await page.locator('aside canvas').waitFor();
      return;
    case 'timeline':
      await page.locator('svg path[d^=M]').first().waitFor();
      await page.locator('li time').first().waitFor();
      await page.locator('section button img').first().waitFor();
      return;
    case 'settings':
      await page
        .locator('button[aria-pressed], [role=radio], input[type=radio]')
        .first()
        .waitFor({ state: 'attached' });
      await sleep(500); // the curve of the last minutes
      return;
    case 'welcome':
      await page.locator('canvas').waitFor();
      await page.locator('blockquote').first().waitFor();
  }
}

/** Resolves when so many narrations were said. */
function said(count: number): Promise<void> {
  const told = new Set<number>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = assistant.subscribe((news) => {
    if (news.type !== 'speech' || !news.speech.done || news.speech.text === '') return;
    if (told.add(news.speech.id).size >= count) resolve();
  });
  return promise.finally(end);
}
