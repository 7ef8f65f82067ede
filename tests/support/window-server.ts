/** The built window behind a real server that speaks its wire format; a test says what each request is answered with. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { securityHeaders } from '../../main/server/headers.ts';
import type { News, Outcome, RequestName, Requests } from '../../preload/contract.ts';

export type Answers = {
  [Name in RequestName]?: (
    input: Requests[Name]['input'],
  ) => Requests[Name]['output'] | Outcome<Requests[Name]['output']> | Promise<Requests[Name]['output']>;
};

export interface Received {
  readonly name: RequestName;
  readonly input: unknown;
}

export interface WindowServer extends AsyncDisposable {
  /** Without the ticket: "http://127.0.0.1:1234". */
  readonly origin: string;
  /** Any ticket opens it, as often as one likes. */
  readonly ticket: string;
  /** Every request, in order. */
  readonly received: Received[];
  push(news: News): void;
  /** Ends all connections, as a crash of the server would. */
  dropConnections(): void;
}

const pages = new Set(['overlay', 'timeline', 'settings', 'welcome']);
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** @param port 0: any that is free */
export async function serveWindow(answers: Answers, port = 0): Promise<WindowServer> {
  const folder = fileURLToPath(new URL('../../out/renderer', import.meta.url));
  const key = 'key-of-this-test';
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname).slice(1);
    const file = path === '' ? 'index.html' : pages.has(path) ? `${path}.html` : path;
    if (path === 'session') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ ok: true, value: { key } }));
      return;
    }
    try {
      const content = await readFile(join(folder, file));
      response.writeHead(200, {
        'Content-Type': types[extname(file)] ?? 'application/octet-stream',
        ...securityHeaders,
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({
    server,
    path: '/bridge',
    verifyClient: ({ req }: { req: { headers: { 'sec-websocket-protocol'?: string } } }) =>
      req.headers['sec-websocket-protocol']?.split(/, */).includes(key) ?? false,
    handleProtocols: () => 'onlooker',
  });
  sockets.on('connection', (socket) => {
    socket.on('message', async (data) => {
      const { id, name, input } = JSON.parse(String(data));
      received.push({ name, input });
      socket.send(JSON.stringify({ id, outcome: await outcomeOf(answers, name, input) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const each = (act: (socket: WebSocket) => void) => {
    for (const socket of sockets.clients) act(socket);
  };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ticket: 'ticket-of-this-test',
    received,
    push: (news) => each((socket) => socket.send(JSON.stringify({ news }))),
    dropConnections: () => each((socket) => socket.terminate()),
    async [Symbol.asyncDispose]() {
      each((socket) => socket.terminate());
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function outcomeOf(answers: Answers, name: RequestName, input: unknown): Promise<Outcome<unknown>> {
  const answer = answers[name] as ((input: unknown) => unknown) | undefined;
  if (!answer) return { ok: true, value: null };
  const value = await answer(input);
  return value !== null && typeof value === 'object' && 'ok' in value
    ? (value as Outcome<unknown>)
    : { ok: true, value };
}
