import type { Bridge, News, Outcome, RequestName, Requests, WindowName } from '../../../preload/contract.ts';

/** What the server sends: the answer to a request, or news. */
type Message = { readonly id: number; readonly outcome: Outcome<unknown> } | { readonly news: News };

const firstDelayMs = 250;
const longestDelayMs = 8000;

/** Browser mode: the contract over one WebSocket that is opened again, with back-off, whenever it is lost. */
export class WebSocketBridge implements Bridge {
  readonly shell = 'browser';
  #key = '';
  readonly #listeners = new Set<(news: News) => void>();
  readonly #connectionListeners = new Set<(connected: boolean) => void>();
  readonly #pending = new Map<number, (outcome: Outcome<unknown>) => void>();
  /** Undefined until the session is open. */
  #socket: WebSocket | undefined;
  /** Requests made before the socket was open. */
  #waiting: string[] = [];
  #lastId = 0;
  #delayMs = firstDelayMs;

  /** @param key the page's half of its session */
  constructor(key: Promise<string>) {
    void key.then((key) => {
      this.#key = key;
      this.#connect();
      window.addEventListener('online', () => this.#reconnect());
    });
  }

  request<Name extends RequestName>(
    name: Name,
    input: Requests[Name]['input'],
  ): Promise<Outcome<Requests[Name]['output']>> {
    if (name === 'open') return Promise.resolve(openTab(input as Requests['open']['input']) as Outcome<never>);
    const state = this.#socket?.readyState ?? WebSocket.CONNECTING;
    if (state > WebSocket.OPEN) return Promise.resolve(connectionLost);
    const { promise, resolve } = Promise.withResolvers<Outcome<Requests[Name]['output']>>();
    const id = ++this.#lastId;
    // The server answers a request with what the contract says of it.
    this.#pending.set(id, resolve as (outcome: Outcome<unknown>) => void);
    const message = JSON.stringify({ id, name, input });
    if (state === WebSocket.OPEN) this.#socket?.send(message);
    else this.#waiting.push(message);
    return promise;
  }

  subscribe(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told `true` whenever the socket opens and `false` when it is lost; what happened in between is not told again. */
  watchConnection(listener: (connected: boolean) => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  #connect(): void {
    const address = new URL('/bridge', location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, ['onlooker', this.#key]);
    this.#socket = socket;
    socket.onopen = () => {
      this.#delayMs = firstDelayMs;
      for (const message of this.#waiting.splice(0)) socket.send(message);
      for (const listener of this.#connectionListeners) listener(true);
    };
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)) as Message);
    // An error is always followed by a close.
    socket.onclose = () => this.#lost();
  }

  #take(message: Message): void {
    if ('news' in message) {
      for (const listener of this.#listeners) listener(message.news);
      return;
    }
    this.#pending.get(message.id)?.(message.outcome);
    this.#pending.delete(message.id);
  }

  #lost(): void {
    this.#waiting = [];
    for (const resolve of this.#pending.values()) resolve(connectionLost);
    this.#pending.clear();
    for (const listener of this.#connectionListeners) listener(false);
    setTimeout(() => this.#reconnect(), this.#delayMs);
    this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
  }

  #reconnect(): void {
    if (this.#socket?.readyState === WebSocket.CLOSED) this.#connect();
  }
}

const connectionLost = { ok: false, code: 'connection-lost', message: 'The connection to Onlooker was lost.' } as const;

/** A tab of its own for each window; one that is open already is used again. */
function openTab({ window: name, at }: { readonly window: WindowName; readonly at?: number }): Outcome<null> {
  const opened = window.open(`/${name}${at === undefined ? '' : `#at=${at}`}`, `onlooker-${name}`);
  opened?.focus();
  return opened
    ? { ok: true, value: null }
    : { ok: false, code: 'tab-refused', message: `The browser refused to open a tab. Open /${name} yourself.` };
}
