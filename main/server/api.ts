/** The contract for other programs: `POST /api/REQUEST` with JSON, `GET /api/events` for the news, both with the token. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from '../../preload/contract.ts';
import type { AssistantClient } from '../assistant/assistant.ts';
import { type BridgeParts, longestMessage } from './bridge.ts';
import { securityHeaders } from './headers.ts';
import { paceFor } from './news-pace.ts';
import { sameToken } from './token.ts';

export class Api implements Disposable {
  readonly #parts: BridgeParts;
  readonly #client: AssistantClient;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
    this.#client = parts.assistant.connect();
  }

  /** @param path of the request, which begins with "/api/" */
  async serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { gate, token } = this.#parts;
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const origin = gate.origin(request, false);
    if (origin !== undefined) return this.#refuse(response, 403, origin);
    if (!sameToken(token, given)) return this.#refuse(response, 401, 'its token is not ours');
    if (path === '/api/events' && request.method === 'GET') return this.#tellNews(response);
    if (request.method !== 'POST') return this.#refuse(response, 405, `${request.method} is not for this`);
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      return this.#refuse(response, 415, 'its content type is not application/json');
    }
    const body = await read(request);
    if (body === undefined) return this.#refuse(response, 413, `it is longer than ${longestMessage} bytes`);
    const input = parse(body);
    if (input === undefined) return this.#refuse(response, 400, 'it is not JSON');
    const outcome = await this.#client.request(path.slice('/api/'.length), input);
    if (!outcome.ok && outcome.code === 'usage') this.#parts.log(`Refused a request: ${outcome.message}`);
    answer(response, statusOf(outcome), outcome);
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }

  /** Server-sent events, one for each piece of news, named after its type. */
  #tellNews(response: ServerResponse): void {
    const head = {
      ...securityHeaders,
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
    };
    response.writeHead(200, head);
    response.flushHeaders();
    const end = this.#client.subscribe((news) => {
      const pace = paceFor(news, response.writableLength);
      if (pace === 'send') response.write(`event: ${news.type}\ndata: ${JSON.stringify(news)}\n\n`);
      if (pace === 'close') response.destroy();
    });
    response.on('close', end);
  }

  #refuse(response: ServerResponse, status: number, why: string): void {
    this.#parts.log(`Refused a request: ${why}.`);
    answer(response, status, { ok: false, code: 'refused', message: `Refused: ${why}.` });
  }
}

function statusOf(outcome: Outcome<unknown>): number {
  if (outcome.ok) return 200;
  return { usage: 400, defect: 500 }[outcome.code] ?? 409;
}

function answer(response: ServerResponse, status: number, outcome: Outcome<unknown>): void {
  const head = { ...securityHeaders, 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  // A body that nobody read to its end makes the connection useless.
  response.writeHead(status, status === 413 ? { ...head, Connection: 'close' } : head);
  response.end(`${JSON.stringify(outcome)}\n`);
}

/** The whole body; undefined when it is too long. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestMessage) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}
