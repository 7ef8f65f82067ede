/** The contract over WebSockets: a request `{id, name, input}` is answered `{id, outcome}`; news comes as `{news}`. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Assistant } from '../assistant/assistant.ts';
import type { Log } from '../assistant/outcome.ts';
import { parseJson } from '../base/json.ts';
import type { Gate } from './gate.ts';
import { longestMessage } from './json.ts';
import { paceFor } from './news-pace.ts';
import type { Sessions } from './sessions.ts';
import { sameToken } from './token.ts';

const protocol = 'onlooker';

const message = z.strictObject({ id: z.int().min(0), name: z.string().max(100), input: z.unknown() });

export interface BridgeParts {
  readonly assistant: Assistant;
  readonly gate: Gate;
  readonly sessions: Sessions;
  /** Lets other programs in. */
  readonly token: string;
  /** A new address for one browser. */
  readonly address: () => string;
  readonly log: Log;
}

export class Bridge implements AsyncDisposable {
  readonly #parts: BridgeParts;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    handleProtocols: () => protocol,
  });

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /** Takes what wants to become a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { gate, token, sessions, log } = this.#parts;
    const [name, given] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
    const refusal =
      (request.url?.split('?')[0] === '/bridge' ? undefined : 'there is no such place') ??
      gate.host(request) ??
      gate.origin(request, true) ??
      (name === protocol && (sessions.has(given, request) || sameToken(token, given))
        ? undefined
        : 'its token is not ours');
    if (refusal !== undefined) {
      log(`Refused a WebSocket: ${refusal}.`);
      socket.on('error', () => {}); // whoever was refused may be gone
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#serve(opened));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  #serve(socket: WebSocket): void {
    const { assistant, log } = this.#parts;
    const client = assistant.connect();
    client.subscribe((news) => {
      const pace = paceFor(news, socket.bufferedAmount);
      if (pace === 'send') send(socket, { news });
      if (pace !== 'close' || socket.readyState !== socket.OPEN) return;
      log('Closed a WebSocket: its reader is too slow.');
      socket.terminate();
    });
    socket.on('message', async (data, isBinary) => {
      const parsed = isBinary ? undefined : parse(String(data));
      if (!parsed) return log('Refused a message: it is not a request in JSON.');
      const { id, name, input } = parsed;
      const outcome = await client.request(name, input);
      if (!outcome.ok && outcome.code === 'usage') log(`Refused a request: ${outcome.message}`);
      send(socket, { id, outcome });
    });
    // Too long a message, or bytes that are no text: ws closes it with a code that says so.
    socket.on('error', (error) => log(`Closed a WebSocket: ${error.message}.`));
    socket.on('close', () => client[Symbol.dispose]());
  }
}

function parse(text: string): z.infer<typeof message> | undefined {
  try {
    return message.safeParse(parseJson(text)).data;
  } catch {
    return undefined;
  }
}

function send(socket: WebSocket, value: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(value));
}
