/**
 * The contract for other programs, with the token: `POST /api/REQUEST` with JSON, `GET /api/events` for the news, and
 * `POST /api/address` for an address that opens the window in one more browser.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from '../../preload/contract.ts';
import type { AssistantClient } from '../assistant/assistant.ts';
import type { BridgeParts } from './bridge.ts';
import { securityHeaders } from './headers.ts';
import { answerJson, readJson, refused } from './json.ts';
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
    const read = await readJson(request);
    if ('why' in read) return this.#refuse(response, read.status, read.why);
    if (path === '/api/address') return answerJson(response, 200, { ok: true, value: this.#parts.address() });
    const outcome = await this.#client.request(path.slice('/api/'.length), read.input);
    if (!outcome.ok && outcome.code === 'usage') this.#parts.log(`Refused a request: ${outcome.message}`);
    answerJson(response, statusOf(outcome), outcome);
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
    answerJson(response, status, refused(why));
  }
}

function statusOf(outcome: Outcome<unknown>): number {
  if (outcome.ok) return 200;
  return { usage: 400, defect: 500 }[outcome.code] ?? 409;
}
