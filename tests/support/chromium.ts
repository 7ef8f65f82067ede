/** A real Chromium, driven through playwright-core, which comes without one. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Its path: `ONLOOKER_CHROMIUM`, or the first on PATH; undefined when there is none. */
export function chromiumPath(): string | undefined {
  if (process.env.ONLOOKER_CHROMIUM) return process.env.ONLOOKER_CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

export async function openChromium(): Promise<Browser & AsyncDisposable> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error(`none of ${names.join(', ')} is installed`);
  // A container has no user for the sandbox to fall back to; the pages are our own.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
