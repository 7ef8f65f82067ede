/** Captions, against a server that speaks obs-websocket's protocol, version 5. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { ObsCaptions } from '../../main/output/obs-captions.ts';
import { until } from '../support/browser-mode.ts';

const challenge = 'ztTBnnuqrqaKDzRM3xcVdbYm';
const salt = 'PZVbYpvAnZut2SS6JNJytDm9';

/** As OBS: says hello, lets in who knows the password, and takes captions. */
class Obs implements AsyncDisposable {
  readonly captions: string[] = [];
  readonly identified: unknown[] = [];
  readonly #server: WebSocketServer;
  readonly #password: string | undefined;

  constructor(options: { port?: number; password?: string } = {}) {
    this.#password = options.password;
    this.#server = new WebSocketServer({ host: '127.0.0.1', port: options.port ?? 0 });
    this.#server.on('connection', (socket) => this.#serve(socket));
  }

  async address(): Promise<{ port: number; url: string }> {
    if (!this.#server.address()) await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    return { port, url: `ws://127.0.0.1:${port}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: WebSocket): void {
    const say = (op: number, d: object) => socket.send(JSON.stringify({ op, d }));
    const authentication = this.#password === undefined ? {} : { authentication: { challenge, salt } };
    expect(socket.protocol).toBe('obswebsocket.json');
    say(0, { obsWebSocketVersion: '5.5.0', rpcVersion: 1, ...authentication });
    let identified = false;
    socket.on('message', (data) => {
      const { op, d } = JSON.parse(String(data));
      if (op === 1) {
        if (this.#password !== undefined && d.authentication !== this.#expected()) return socket.close(4009);
        identified = true;
        this.identified.push(d);
        say(2, { negotiatedRpcVersion: 1 });
      }
      if (op === 6 && identified && d.requestType === 'SendStreamCaption') {
        this.captions.push(d.requestData.captionText);
        const { requestType, requestId } = d;
        say(7, { requestType, requestId, requestStatus: { result: true, code: 100 } });
      }
    });
  }

  /** As the protocol's documentation describes it. */
  #expected(): string {
    const sha = (text: string) => createHash('sha256').update(text).digest('base64');
    return sha(`${sha(`${this.#password}${salt}`)}${challenge}`);
  }
}

test('identifies itself with the password and sends captions as one line', async () => {
  await using obs = new Obs({ password: 'supersecretpassword' });
  const problems: string[] = [];
  const { url } = await obs.address();
  using captions = new ObsCaptions({ url, password: 'supersecretpassword' }, (line) => problems.push(line));
  captions.send('Too early: nobody is there yet.');
  await until(() => captions.connected);
  expect(obs.identified).toMatchObject([{ rpcVersion: 1, eventSubscriptions: 0 }]);
  captions.send('A terminal\n\u202eopened.');
  await until(() => obs.captions.length > 0);
  expect(obs.captions).toEqual(['A terminal opened.']);
  expect(problems).toEqual([]);
});

test('without a password', async () => {
  await using obs = new Obs();
  using captions = new ObsCaptions({ url: (await obs.address()).url, password: '' }, () => {});
  await until(() => captions.connected);
  expect(obs.identified[0]).not.toHaveProperty('authentication');
});

test('a wrong password is said, and not tried again', async () => {
  await using obs = new Obs({ password: 'right' });
  const problems: string[] = [];
  using captions = new ObsCaptions({ url: (await obs.address()).url, password: 'wrong' }, (line) =>
    problems.push(line),
  );
  await until(() => problems.length > 0);
  expect(problems).toEqual([expect.stringMatching(/refused the password/)]);
  expect(captions.connected).toBe(false);
});

test('comes back when OBS does', async () => {
  const first = new Obs();
  const { port, url } = await first.address();
  const problems: string[] = [];
  using captions = new ObsCaptions({ url, password: '' }, (line) => problems.push(line));
  await until(() => captions.connected);
  await first[Symbol.asyncDispose]();
  await until(() => !captions.connected);
  await using second = new Obs({ port });
  await until(() => captions.connected);
  captions.send('Back.');
  await until(() => second.captions.length > 0);
  expect(problems).toEqual([expect.stringMatching(/does not answer/)]);
});
