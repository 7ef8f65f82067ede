/** A small HTTP server that speaks OpenAI's chat completions, well or badly. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly messages: readonly { role: string; content: string }[] };
}

export class ChatEndpoint implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #server;

  private constructor(answer: (response: ServerResponse) => void) {
    this.#server = createServer(async (request, response) => {
      this.received.push(await read(request));
      answer(response);
    });
  }

  static async open(answer: (response: ServerResponse) => void): Promise<ChatEndpoint> {
    const endpoint = new ChatEndpoint(answer);
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** In one piece. */
export function whole(text: string): (response: ServerResponse) => void {
  return (response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: text } }] }));
  };
}

/** In parts that end where they like, within a line and within a letter. */
export function streamed(text: string): (response: ServerResponse) => void {
  return (response) => {
    response.setHeader('content-type', 'text/event-stream; charset=utf-8');
    const deltas = [...text].map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    const usage = `data: ${JSON.stringify({ choices: [], usage: { total_tokens: 7 } })}\n\n`;
    const bytes = Buffer.from(`: hello\n\n${deltas.join('')}${usage}data: [DONE]\n\n`);
    for (let from = 0; from < bytes.length; from += 97) response.write(bytes.subarray(from, from + 97));
    response.end();
  };
}

async function read(request: IncomingMessage): Promise<Received> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { authorization } = request.headers;
  return { path: request.url, authorization, body: JSON.parse(Buffer.concat(parts).toString()) as Received['body'] };
}
