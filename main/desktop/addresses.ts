import type { WindowName } from '../../preload/contract.ts';
import { isWindowName } from '../../preload/request-names.ts';

/** Pages come from a protocol of our own: `file:` has privileges that none of them needs. */
export const scheme = 'onlooker';

const origin = `${scheme}://app`;

/** Where a window's page is. @param at the wall clock the timeline is to show */
export function pageOf(window: WindowName, at?: number): string {
  return `${origin}/${window}.html${at === undefined ? '' : `#at=${at}`}`;
}

/** Whether it is an address of ours, whatever it is dressed up as. */
export function isOurs(url: string): boolean {
  const parsed = URL.parse(url);
  // `origin` is "null" for schemes that the URL parser does not know, in plain Node.
  return parsed?.protocol === `${scheme}:` && parsed.host === 'app' && parsed.username === '' && parsed.password === '';
}

/** The window that a page belongs to; undefined for any other page. */
export function windowAt(url: string): WindowName | undefined {
  if (!isOurs(url)) return undefined;
  const name = /^\/(\w+)\.html$/.exec(new URL(url).pathname)?.[1];
  return isWindowName(name) ? name : undefined;
}

/** The hidden page that captures a display where ffmpeg cannot. */
export const capturePage = `${origin}/capture.html`;

export function isCapturePage(url: string): boolean {
  return isOurs(url) && new URL(url).pathname === '/capture.html';
}
