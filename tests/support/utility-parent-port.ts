/**
 * For `node --import`, in the process that stands in for Electron's utility process: `process.parentPort`. Ports that
 * come with a message are real ones at the other end; what goes through them takes Node's own line to this process.
 */
import { EventEmitter } from 'node:events';

export type ToUtility =
  | { readonly type: 'message'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly type: 'port'; readonly port: number; readonly data: unknown }
  | { readonly type: 'closed'; readonly port: number };

export type FromUtility =
  | { readonly type: 'message'; readonly data: unknown }
  | { readonly type: 'port'; readonly port: number; readonly data: unknown }
  | { readonly type: 'closed'; readonly port: number };

const send = (message: FromUtility) => {
  if (process.connected) process.send!(message, () => {});
};

/** Like Electron's, it holds messages back until it is started. */
class Port extends EventEmitter {
  readonly #id: number;
  #held: unknown[] | undefined = [];

  constructor(id: number) {
    super();
    this.#id = id;
  }

  take(data: unknown): void {
    if (this.#held) this.#held.push(data);
    else this.emit('message', { data });
  }

  start(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const data of held) this.emit('message', { data });
  }

  postMessage(data: unknown): void {
    send({ type: 'port', port: this.#id, data });
  }

  close(): void {
    send({ type: 'closed', port: this.#id });
  }
}

const ports = new Map<number, Port>();
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => send({ type: 'message', data }),
});
Object.assign(process, { parentPort });
// What this process forks is no utility process.
process.execArgv.length = 0;

if (process.send) {
  process.on('message', (message: ToUtility) => {
    if (message.type === 'port') ports.get(message.port)?.take(message.data);
    else if (message.type === 'closed') ports.get(message.port)?.emit('close');
    else {
      for (const id of message.ports) ports.set(id, new Port(id));
      parentPort.emit('message', { data: message.data, ports: message.ports.map((id) => ports.get(id)) });
    }
  });
  // Electron ends a utility process with its parent.
  process.on('disconnect', () => process.exit());
}
