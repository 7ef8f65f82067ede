import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { output } from '../capture/displays.ts';
import { PrivateFile } from './private-file.ts';

/** Time that a browser has for reading the page: it may have to be started first. */
const readingMs = 120_000;

/**
 * Opens an address in the user's browser, with what the platform has for that. Other users can read the arguments of a
 * process: the address stands in a file for the user alone, a page that leads there. The file goes after two minutes, or
 * when it is disposed of. Where the platform opens nothing, nothing happens.
 * @throws OnlookerError `output-unwritable`
 */
export async function openBrowser(address: string): Promise<AsyncDisposable> {
  const page = await PrivateFile.write(`open-${randomUUID()}.html`, leadingTo(address), await folderOfBrowser());
  const timer = setTimeout(() => void page[Symbol.asyncDispose](), readingMs).unref();
  const [program, ...args] = {
    darwin: ['open', page.path],
    // What the shell's `start` does, without a shell that would read the path its own way.
    win32: ['rundll32', 'url.dll,FileProtocolHandler', page.path],
  }[process.platform as string] ?? ['xdg-open', page.path];
  const child = spawn(program!, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {}); // an address is printed as well
  child.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await page[Symbol.asyncDispose]();
    },
  };
}

function leadingTo(address: string): string {
  return [
    '<!doctype html>',
    '<meta charset="utf-8">',
    '<title>Onlooker</title>',
    `<meta http-equiv="refresh" content="0; url=${address}">`,
    `<a href="${address}">Onlooker</a>`,
    '',
  ].join('\n');
}

/** A browser in a snap reads nothing of the runtime folder, but a folder of its own. Undefined: the runtime folder. */
async function folderOfBrowser(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const entry = await output('xdg-settings', ['get', 'default-web-browser']).catch(() => '');
  const [, snap] = /^([a-z0-9-]+)_[\w-]+\.desktop\s*$/.exec(entry) ?? [];
  const folder = join(homedir(), 'snap', snap ?? '', 'common');
  return snap !== undefined && existsSync(folder) ? folder : undefined;
}
