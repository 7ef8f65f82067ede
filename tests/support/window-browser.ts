/** The built window in real Chromium, against a server whose answers the test gives. */
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, type ConsoleMessage, chromium, type Page } from 'playwright-core';
import type { News, Speech, WindowName } from '../../preload/contract.ts';
import { type Answers, serveWindow, type WindowServer } from './window-server.ts';
import { type StoryChoices, tellStory } from './window-story.ts';

export interface OpenedWindow extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly server: WindowServer;
  /** What the page complained about: a content security policy that was broken, an exception. */
  readonly complaints: string[];
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}

export interface OpenChoices extends StoryChoices {
  readonly theme?: 'light' | 'dark';
  /** Instead of the story's. */
  readonly answers?: Answers;
  /** Behind the address, such as "?transparent=1". */
  readonly query?: string;
  /** Of the screen that the window is on; default that of the window. */
  readonly screen?: { readonly width: number; readonly height: number };
}

/** The standard's directive against WebRTC, which Chromium complains of and passes over (main/base/page-policy.ts). */
const notYetKnown = "Unrecognized Content-Security-Policy directive 'webrtc'.";

/** True if a line of a page's console is a complaint. */
export function isComplaint(message: ConsoleMessage): boolean {
  return message.type() === 'error' && message.text() !== notYetKnown;
}

/** Opens one window and waits until it shows itself. */
export async function openWindow(browser: Browser, name: WindowName, choices: OpenChoices = {}): Promise<OpenedWindow> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await serveWindow(choices.answers ?? tellStory(choices)));
  const context = await browser.newContext({
    colorScheme: choices.theme ?? 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...(choices.screen && { screen: choices.screen }),
  });
  opened.defer(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (isComplaint(message)) complaints.push(message.text());
  });
  const query = choices.query ? `${choices.query}&` : '?';
  await page.goto(`${server.origin}/${name}${query}ticket=${server.ticket}`);
  await page.locator('main:not(.waiting)').first().waitFor({ state: 'attached' });
  const owned = opened.move();
  return { page, context, server, complaints, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export interface FloatingOverlay extends AsyncDisposable {
  readonly page: Page;
  push(news: News): Promise<void>;
}

/**
 * The overlay as it lies over other programs: on the bridge that the preload script gives, without a connection of its
 * own. Its clock is the test's (`page.clock`).
 */
export async function openFloating(browser: Browser, speeches: readonly Speech[] = []): Promise<FloatingOverlay> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await serveWindow({}));
  const page = await browser.newPage();
  opened.defer(() => page.close());
  const hello = tellStory({ speeches }).hello?.({});
  await page.addInitScript(`
    const listeners = new Set();
    globalThis.tellNews = (news) => { for (const listener of listeners) listener(news); };
    globalThis.onlooker = {
      shell: 'electron',
      subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
      hello: ${JSON.stringify(hello)},
      answers: {
        hello: () => onlooker.hello,
        settings: ({ change }) => (onlooker.hello.settings = { ...onlooker.hello.settings, ...change }),
      },
      request: async (name, input) => ({ ok: true, value: onlooker.answers[name]?.(input) ?? null }),
    };`);
  await page.clock.install();
  await page.goto(`${server.origin}/overlay`);
  await page.getByRole('main', { name: 'Onlooker' }).waitFor({ state: 'attached' });
  const owned = opened.move();
  return {
    page,
    push: (news) => page.evaluate(`tellNews(${JSON.stringify(news)})`),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Says something word by word, as the engine does. */
export function narration(id: number, text: string, done = true): Speech {
  return { id, kind: 'narration', at: Date.now(), t: id, text, done };
}

/** What axe finds wrong with the page, as "rule: element"; `stricter` rules are those it leaves out by itself. */
export async function axeViolations(page: Page, stricter: readonly string[] = []): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core');
  // As a file of the page's own origin would be blocked by nothing; the policy forbids it inline.
  await page
    .context()
    .route('**/axe-for-test.js', (route) => route.fulfill({ path: axe, contentType: 'text/javascript' }));
  await page.addScriptTag({ url: '/axe-for-test.js' });
  const rules = Object.fromEntries(stricter.map((rule) => [rule, { enabled: true }]));
  return page.evaluate(async (rules) => {
    const axe = (
      globalThis as unknown as {
        axe: {
          run(options: object): Promise<{
            violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
          }>;
        };
      }
    ).axe;
    const { violations } = await axe.run({ rules });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
    );
  }, rules);
}
