/** Browser mode as it really is - engine, memory, settings, server - on files of its own that go with it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type BrowserMode, openBrowserMode } from '../../main/cli/browser-mode.ts';
import type { News, Outcome, RequestName, Requests } from '../../preload/contract.ts';
import { temporaryFolder } from './memory.ts';

export interface TestedMode extends BrowserMode {
  readonly settingsPath: string;
  readonly memory: string;
  /** What was logged: refusals and defects. */
  readonly log: readonly string[];
}

/** @param remember what was answered in the first run; null: nobody was asked */
export async function browserMode(remember: boolean | null = true): Promise<TestedMode> {
  await using opened = new AsyncDisposableStack();
  const { path } = opened.use(temporaryFolder());
  const files = { settings: join(path, 'config', 'settings.json'), memory: join(path, 'memory') };
  mkdirSync(join(path, 'config'), { recursive: true });
  writeFileSync(files.settings, JSON.stringify({ remember }));
  const log: string[] = [];
  const mode = opened.use(await openBrowserMode({ ...files, log: (line) => void log.push(line) }));
  const owned = opened.move();
  return {
    ...mode,
    ...{ log, settingsPath: files.settings, memory: files.memory },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** The status with which a WebSocket is refused; 101 when it is let in. It is ended. */
export async function answerTo(socket: WebSocket): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
  socket.on('open', () => resolve(101));
  socket.on('error', () => {});
  const status = await promise;
  socket.terminate();
  return status;
}

/** A window's end of the bridge. */
export class BridgeClient implements Disposable {
  readonly socket: WebSocket;
  readonly news: News[] = [];
  readonly #waiting = new Map<number, (outcome: Outcome<never>) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { id: number; outcome: Outcome<never>; news?: News };
      if (message.news) this.news.push(message.news);
      else this.#waiting.get(message.id)?.(message.outcome);
    });
  }

  /** Rejects when it is refused. */
  static async open({ server }: BrowserMode): Promise<BridgeClient> {
    const origin = `http://127.0.0.1:${server.port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/bridge`, ['onlooker', server.token], { origin });
    const client = new BridgeClient(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  request<Name extends RequestName>(name: Name, input: Requests[Name]['input']) {
    return this.ask(name, input) as Promise<Outcome<Requests[Name]['output']>>;
  }

  /** The value of what must succeed. */
  async value<Name extends RequestName>(name: Name, input: Requests[Name]['input']): Promise<Requests[Name]['output']> {
    const outcome = await this.request(name, input);
    if (!outcome.ok) throw new Error(`${name}: ${outcome.code}: ${outcome.message}`);
    return outcome.value;
  }

  /** Whatever one likes. */
  ask(name: string, input: unknown): Promise<Outcome<unknown>> {
    const { promise, resolve } = Promise.withResolvers<Outcome<never>>();
    const id = ++this.#lastId;
    this.#waiting.set(id, resolve);
    this.socket.send(JSON.stringify({ id, name, input }));
    return promise;
  }

  async until<T>(look: (news: readonly News[]) => T | undefined | false): Promise<T> {
    return until(() => look(this.news));
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}

/** Waits for a condition; vitest's own limit ends it. */
export async function until<T>(look: () => Awaitable<T | undefined | false | null>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false && seen !== null) return seen;
    await sleep(20);
  }
}

type Awaitable<T> = T | Promise<T>;
