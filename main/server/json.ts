/** JSON as requests bring it and as they are answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from '../../preload/contract.ts';
import { parseJson } from '../base/json.ts';
import { securityHeaders } from './headers.ts';

/** Bytes of a message, at most: a standing instruction or a change of settings is far below. */
export const longestMessage = 64 * 1024;

/** Why a body cannot be used, and the status that says so. */
export interface UnusableBody {
  readonly status: 400 | 413 | 415;
  readonly why: string;
}

/** Reads the body of a request. An empty one is an empty object. */
export async function readJson(request: IncomingMessage): Promise<{ readonly input: unknown } | UnusableBody> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return { status: 415, why: 'its content type is not application/json' };
  }
  const body = await read(request);
  if (body === undefined) return { status: 413, why: `it is longer than ${longestMessage} bytes` };
  try {
    return { input: body.trim() === '' ? {} : parseJson(body) };
  } catch {
    return { status: 400, why: 'it is not JSON' };
  }
}

/** Answers with an outcome. */
export function answerJson(
  response: ServerResponse,
  status: number,
  outcome: Outcome<unknown>,
  headers: Readonly<Record<string, string>> = {},
): void {
  const head = {
    ...securityHeaders,
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...headers,
  };
  // A body that nobody read to its end makes the connection useless.
  response.writeHead(status, status === 413 ? { ...head, Connection: 'close' } : head);
  response.end(`${JSON.stringify(outcome)}\n`);
}

/** The outcome of what is refused. */
export function refused(why: string): Outcome<never> {
  return { ok: false, code: 'refused', message: `Refused: ${why}.` };
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
