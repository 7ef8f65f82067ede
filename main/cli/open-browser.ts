import { spawn } from 'node:child_process';

/** Opens a page in the user's browser, with what the platform has for that; where it has nothing, nothing happens. */
export function openBrowser(url: string): void {
  const [program, ...args] = {
    darwin: ['open', url],
    // `start` is part of the shell, and would take the first quoted word for a title.
    win32: ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')],
  }[process.platform as string] ?? ['xdg-open', url];
  const child = spawn(program!, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {}); // the address is printed as well
  child.unref();
}
