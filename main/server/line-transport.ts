/**
 * The Model Context Protocol over lines of JSON on standard input and output, for clients that may send anything: what is
 * no message is answered with an error of JSON-RPC, and the next line is read.
 */
import type { Readable, Writable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ErrorCode, type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { parseJson } from '../base/json.ts';

/** Bytes of a message, at most. What the tools take is far below. */
export const longestLine = 2 ** 20;

const newline = 0x0a;

export class LineTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly #input: Readable;
  readonly #output: Writable;
  /** The line that has begun; nothing of one that is too long is kept. */
  #parts: Buffer[] = [];
  #length = 0;

  constructor(input: Readable = process.stdin, output: Writable = process.stdout) {
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    this.#input.on('data', this.#take);
    this.#input.on('error', this.#fail);
    // Nobody reads any more: the end of the input ends the program.
    this.#output.on('error', this.#fail);
  }

  /** Waits for a slow reader. */
  send(message: JSONRPCMessage): Promise<void> {
    return this.#write(message);
  }

  async close(): Promise<void> {
    this.#input.off('data', this.#take);
    this.#input.pause();
    this.onclose?.();
  }

  readonly #take = (chunk: Buffer): void => {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#add(chunk.subarray(from, end));
      this.#endLine();
      from = end + 1;
    }
    this.#add(chunk.subarray(from));
  };

  readonly #fail = (error: Error): void => this.onerror?.(error);

  #add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > longestLine) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #endLine(): void {
    const isTooLong = this.#length > longestLine;
    const text = Buffer.concat(this.#parts).toString('utf8').trim();
    this.#parts = [];
    this.#length = 0;
    if (isTooLong) this.#refuse(ErrorCode.InvalidRequest, `The message is longer than ${longestLine} bytes.`);
    else if (text !== '') this.#read(text);
  }

  #read(text: string): void {
    let json: unknown;
    try {
      json = parseJson(text);
    } catch {
      this.#refuse(ErrorCode.ParseError, 'The line is not JSON, or nested too deeply.');
      return;
    }
    const { data } = JSONRPCMessageSchema.safeParse(json);
    if (data) this.onmessage?.(data);
    else this.#refuse(ErrorCode.InvalidRequest, 'The line is not a message of JSON-RPC 2.0.', idOf(json));
  }

  /** To a message whose id is not known, the answer has none. */
  #refuse(code: ErrorCode, message: string, id: string | number | null = null): void {
    void this.#write({ jsonrpc: '2.0', id, error: { code, message } });
  }

  #write(message: object): Promise<void> {
    return new Promise((resolve) => {
      if (this.#output.write(`${JSON.stringify(message)}\n`)) resolve();
      else this.#output.once('drain', resolve);
    });
  }
}

function idOf(json: unknown): string | number | null {
  const id = json !== null && typeof json === 'object' && 'id' in json ? json.id : null;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
