/** What a browser keeps of a window on its disk lets nobody in. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { answerTo, browserMode } from '../support/browser-mode.ts';
import { temporaryFolder } from '../support/memory.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** Base64url of 32 bytes, as tickets, keys and tokens are. */
const secret = /[A-Za-z0-9_-]{43}/g;

test('a page is loaded again, and opened with the same address; its profile opens nothing', async () => {
  await using mode = await browserMode();
  using profile = temporaryFolder();
  const address = mode.server.address();
  const { origin } = new URL(address);
  const context = await chromium.launchPersistentContext(profile.path, { executablePath, args: ['--no-sandbox'] });
  let id: string | undefined;
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(address);
    await shown(page);
    await page.reload();
    await shown(page);
    expect(page.url()).not.toContain('ticket');
    await page.goto(address.replace('/?', '/timeline?'));
    await shown(page);
    // A second tab of the window's own.
    const [tab] = await Promise.all([context.waitForEvent('page'), page.evaluate("void window.open('/settings')")]);
    await shown(tab);
    id = (await context.cookies()).find(({ name }) => name.startsWith('onlooker-'))!.value;
  } finally {
    await context.close();
  }
  const kept = files(profile.path).map((path) => readFileSync(path, 'latin1'));
  expect(kept.filter((text) => text.includes(id!))).toEqual([]);
  expect(kept.filter((text) => text.includes(mode.server.token))).toEqual([]);
  const found = new Set(kept.flatMap((text) => text.match(secret) ?? []));
  expect(found.has(new URL(address).searchParams.get('ticket')!)).toBe(true); // the history has it
  for (const text of found) {
    expect(await knock(origin, text)).toBe(403);
    const headers = { 'content-type': 'application/json', origin };
    const answer = await fetch(`${origin}/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ticket: text }),
    });
    expect(answer.status).toBe(403);
  }
});

/** Waits until it has heard from the program. */
async function shown(page: Page): Promise<void> {
  await page.locator('main:not(.waiting)').first().waitFor({ state: 'attached' });
}

function files(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return names.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

function knock(origin: string, key: string): Promise<number> {
  return answerTo(new WebSocket(`${origin.replace('http', 'ws')}/bridge`, ['onlooker', key], { origin }));
}
