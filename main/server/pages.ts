/** The built window as files: pages by their names, and what they are made of under names that carry its hash. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const pages: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/overlay': 'overlay.html',
  '/timeline': 'timeline.html',
  '/settings': 'settings.html',
  '/welcome': 'welcome.html',
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export interface Page {
  readonly status: 200 | 400 | 404;
  readonly type: string;
  readonly cache: string;
  readonly body: Uint8Array;
}

/** @param path of the request, still encoded, without the query; @param folder where the window was built */
export async function findPage(path: string, folder: string): Promise<Page> {
  const name = fileOf(path);
  if (name === undefined) return isAttempt(path) ? problem(400, 'Refused.') : problem(404, 'There is nothing here.');
  const body = await readFile(join(folder, name)).catch(() => undefined); // a page of an older build asks for it
  if (!body) return problem(404, 'There is nothing here.');
  const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
  return { status: 200, type: types[extname(name)] ?? 'application/octet-stream', cache, body };
}

/** Only names that cannot lead elsewhere. */
function fileOf(path: string): string | undefined {
  if (Object.hasOwn(pages, path)) return pages[path];
  return /^\/(assets\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)$/.exec(path)?.[1];
}

/** Whether somebody tries to get out of the folder, in one spelling or another. */
function isAttempt(path: string): boolean {
  return /\.\.|%2e|%2f|%5c|%00|\\/i.test(path);
}

function problem(status: 400 | 404, text: string): Page {
  return { status, type: 'text/plain; charset=utf-8', cache: 'no-store', body: Buffer.from(`${text}\n`) };
}
