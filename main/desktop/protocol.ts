import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol, session } from 'electron';
import { contentSecurityPolicy } from '../base/page-policy.ts';
import { isCapturePage, isOurs, scheme } from './addresses.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.cjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Must be called before Electron is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built pages in `folder`, and nothing outside of it. */
export function serveRenderer(folder: string): Disposable {
  const { protocol: served } = session.defaultSession;
  served.handle(scheme, (request) => respond(folder, request));
  return { [Symbol.dispose]: () => served.unhandle(scheme) };
}

async function respond(folder: string, request: Request): Promise<Response> {
  if (request.method !== 'GET') return refusal(405);
  if (isCapturePage(request.url)) return new Response(captureDocument, { headers: headers(types['.html']!) });
  const path = isOurs(request.url) ? builtFile(folder, new URL(request.url).pathname) : undefined;
  const type = path && types[extname(path)];
  if (!path || !type) return refusal(404);
  const body = await readFile(path).catch(() => undefined);
  return body ? new Response(new Uint8Array(body), { headers: headers(type) }) : refusal(404);
}

/** The hidden page that captures is nothing but its script, which is built with the preload scripts. */
const captureDocument = '<!doctype html><title>Onlooker</title><script src="/capture-page.cjs"></script>';

function builtFile(folder: string, pathname: string): string | undefined {
  return pathname === '/capture-page.cjs' ? join(folder, '../preload/capture-page.cjs') : fileFor(folder, pathname);
}

/** The file a path of a URL stands for; undefined for one that would leave the folder. */
export function fileFor(folder: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined; // not an encoding
  }
  // A backslash is a separator on Windows only; a zero ends a path in C.
  if (/[\\\0]/.test(decoded)) return undefined;
  const root = normalize(folder + sep);
  const path = normalize(join(root, decoded));
  return path.startsWith(root) && path !== root ? path : undefined;
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: headers('text/plain') });
}

function headers(type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}
