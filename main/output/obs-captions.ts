/** Captions of a stream through obs-websocket, protocol version 5. */
import { createHash, randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { backOff } from '../base/back-off.ts';
import { parseJson } from '../base/json.ts';
import { oneLine } from './clean-text.ts';

export interface ObsAddress {
  /** Such as "ws://127.0.0.1:4455". */
  readonly url: string;
  /** Empty when OBS asks for none. */
  readonly password: string;
}

/** Kinds of message, as the protocol numbers them. */
const op = { hello: 0, identify: 1, identified: 2, request: 6 } as const;
/** OBS closes with this code when the password is wrong. */
const wrongPassword = 4009;
/** Between two attempts, milliseconds. */
const patience = { first: 1000, longest: 30_000 };

const message = z.object({ op: z.number(), d: z.record(z.string(), z.unknown()) });
const hello = z.object({ authentication: z.object({ challenge: z.string(), salt: z.string() }).optional() });

/** Connects by itself, and again whenever OBS comes back. Captions meanwhile are lost: late ones would be wrong. */
export class ObsCaptions implements Disposable {
  readonly #address: ObsAddress;
  readonly #onProblem: (sentence: string) => void;
  #socket: WebSocket | undefined;
  #identified = false;
  #retry: NodeJS.Timeout | undefined;
  /** Since it was last reached. */
  #failures = 0;
  #closed = false;
  #troubled = false;

  /** @param onProblem told once when it cannot be reached, or does not let us in, and again after it could be */
  constructor(address: ObsAddress, onProblem: (sentence: string) => void) {
    this.#address = address;
    this.#onProblem = onProblem;
    this.#connect();
  }

  /** Whether captions arrive. */
  get connected(): boolean {
    return this.#identified;
  }

  /** Sends one; OBS refuses it while it does not stream, which is no error. */
  send(text: string): void {
    if (!this.#identified) return;
    const requestData = { captionText: oneLine(text) };
    this.#say(op.request, { requestType: 'SendStreamCaption', requestId: randomUUID(), requestData });
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#socket?.terminate();
  }

  #connect(): void {
    const socket = new WebSocket(this.#address.url, ['obswebsocket.json'], {
      ...{ handshakeTimeout: 5000, maxPayload: 1024 * 1024, perMessageDeflate: false },
    });
    this.#socket = socket;
    socket.on('message', (data) => this.#take(String(data)));
    socket.on('error', () => {}); // a close follows
    socket.on('close', (code) => this.#lost(code));
  }

  #take(text: string): void {
    const parsed = parse(text);
    if (parsed?.op === op.hello) {
      const { authentication } = hello.safeParse(parsed.d).data ?? {};
      const answer = authentication && obsAuthentication(this.#address.password, authentication);
      // Nothing that happens in OBS is of interest here.
      this.#say(op.identify, { rpcVersion: 1, eventSubscriptions: 0, ...(answer && { authentication: answer }) });
    }
    if (parsed?.op === op.identified) {
      this.#identified = true;
      this.#troubled = false;
      this.#failures = 0;
    }
  }

  #lost(code: number): void {
    this.#identified = false;
    if (this.#closed) return;
    const { url } = this.#address;
    if (code === wrongPassword) {
      this.#onProblem(`OBS at ${url} refused the password. Set it in the settings, as OBS shows it.`);
      return;
    }
    if (!this.#troubled)
      this.#onProblem(`OBS at ${url} does not answer. Start it, with its WebSocket server switched on.`);
    this.#troubled = true;
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#connect(), backOff(this.#failures, patience)).unref();
  }

  #say(kind: number, d: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ op: kind, d }));
  }
}

/** What proves that one knows the password without saying it. */
export function obsAuthentication(
  password: string,
  { challenge, salt }: { readonly challenge: string; readonly salt: string },
): string {
  const hash = (text: string) => createHash('sha256').update(text).digest('base64');
  return hash(hash(password + salt) + challenge);
}

function parse(text: string): z.infer<typeof message> | undefined {
  try {
    return message.safeParse(parseJson(text)).data;
  } catch {
    return undefined; // not the protocol; OBS is not there, something else is
  }
}
