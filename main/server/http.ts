/** Browser mode: the window and its bridge over loopback HTTP, for this machine's user alone. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Assistant } from '../assistant/assistant.ts';
import type { Log } from '../assistant/outcome.ts';
import { errorMessage, errorStack } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { programPath } from '../base/paths.ts';
import { say } from '../base/terminal.ts';
import { Api } from './api.ts';
import { Bridge, type BridgeParts } from './bridge.ts';
import { openSession } from './entrance.ts';
import { Gate } from './gate.ts';
import { securityHeaders } from './headers.ts';
import { findPage } from './pages.ts';
import { Sessions } from './sessions.ts';
import { makeToken } from './token.ts';

/** Where the window is built. */
export const builtWindow = programPath('out/renderer/');

export interface ServeOptions {
  readonly assistant: Assistant;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Folder of the built window; default `out/renderer`. */
  readonly pages?: string;
  /** Told what was refused; default standard error. */
  readonly log?: Log;
}

/** A running server. Disposing ends every connection. */
export interface BrowserServer extends AsyncDisposable {
  readonly port: number;
  /** Lets other programs in, as long as this server runs. */
  readonly token: string;
  /** A new address that opens the window, in the first browser that is given it. */
  address(): string;
}

/** @throws OnlookerError `usage` when the port is taken or not allowed */
export async function openServer(options: ServeOptions): Promise<BrowserServer> {
  const { assistant, log = standardError, pages = builtWindow } = options;
  await using opened = new AsyncDisposableStack();
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000 });
  const port = await listen(server, options.port ?? 0);
  opened.defer(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const token = makeToken();
  const sessions = new Sessions(port);
  const address = () => `http://127.0.0.1:${port}/?ticket=${sessions.issue()}`;
  const parts = { assistant, gate: new Gate(port), sessions, token, address, log };
  const bridge = opened.use(new Bridge(parts));
  const api = opened.use(new Api(parts));
  server.on('upgrade', (request, socket, head) => bridge.upgrade(request, socket, head));
  server.on('request', (request, response) => {
    answer(request, response, { ...parts, api, pages }).catch((error: unknown) => {
      log(errorStack(error));
      response.destroy();
    });
  });
  const owned = opened.move();
  return {
    ...{ port, token, address },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

interface Places extends BridgeParts {
  readonly api: Api;
  readonly pages: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, places: Places): Promise<void> {
  const { gate, api, pages, log } = places;
  const path = (request.url ?? '').split('?')[0] ?? '';
  const refusal = gate.host(request);
  if (refusal !== undefined) {
    log(`Refused a request: ${refusal}.`);
    return plain(response, 403, 'Refused.');
  }
  if (path === '/session') return openSession(request, response, places);
  if (path.startsWith('/api/')) return api.serve(path, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(response, 405, 'Only GET.');
  const { status, type, cache, body } = await findPage(path, pages);
  if (status === 400) log('Refused a request: its path leads out of the window.');
  response.writeHead(status, { ...securityHeaders, 'Content-Type': type, 'Cache-Control': cache });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** On this machine's own interface only. */
async function listen(server: Server, port: number): Promise<number> {
  server.listen({ port, host: '127.0.0.1' });
  try {
    await once(server, 'listening');
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const why = taken ? 'another program has it' : errorMessage(cause);
    const message = `Port ${port} cannot be used: ${why}. Name another one with --port, or leave it out.`;
    throw new OnlookerError('usage', message, { cause });
  }
  return (server.address() as AddressInfo).port;
}

function standardError(line: string): void {
  say(line);
}
