/** The engine's process as its host sees it: calls go out, outcomes and events come back, and it has a certain end. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startTimer } from '../capture/ffmpeg-process.ts';
import { withCompiledCode } from '../compiled-code.ts';
import { DisplayDesk, type DisplayOpener } from './display-desk.ts';
import { type Call, type Outcome, type Report, report } from './messages.ts';

/** A process that can be talked to: what a forked Node process and Electron's utility process have in common. */
export interface EngineProcess {
  readonly pid: number | undefined;
  /** `ports` move there; a forked Node process takes none. */
  send(message: unknown, ports?: readonly unknown[]): void;
  /** `onExit`: once, when it is gone and all that it sent was delivered. */
  listen(onMessage: (message: unknown) => void, onExit: (how: string) => void): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export type SpawnEngine = () => EngineProcess;

/** Milliseconds it may take to end after SIGTERM before it is killed. */
const grace = 3000;

/** The default: a Node process of its own. */
export function forkEngine(): EngineProcess {
  const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const child: ChildProcess = fork(worker, {
    ...{ serialization: 'advanced', execArgv: [] },
    env: withCompiledCode(),
  });
  child.on('error', () => {}); // a message that did not get through: the exit tells why
  return {
    pid: child.pid,
    send: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    listen(onMessage, onExit) {
      child.on('message', onMessage);
      const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
      // The last messages may still lie in the pipe when the process is gone.
      const drained = new Promise((resolve) => child.once('disconnect', resolve).once('error', resolve));
      void Promise.all([exited, drained]).then(() => onExit(child.signalCode ?? `code ${child.exitCode}`));
    },
    kill: (signal) => void child.kill(signal),
  };
}

export class EngineChild implements AsyncDisposable {
  /** How it ended. */
  readonly exited: Promise<string>;
  readonly #process: EngineProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<Outcome>>();
  #next = 0;
  #gone = false;

  /** @param displays opens screens that the process cannot capture itself */
  constructor(
    spawn: SpawnEngine,
    onEvent: (report: Report & { type: 'event' }) => void,
    displays: DisplayOpener | undefined,
  ) {
    this.#process = spawn();
    const desk = displays && new DisplayDesk(displays, (message, ports) => this.#process.send(message, ports));
    const exited = Promise.withResolvers<string>();
    this.exited = exited.promise;
    this.#process.listen(
      (message) => {
        const { data, success } = report.safeParse(message);
        // One that talks nonsense is no better than one that crashed.
        if (!success) this.#process.kill('SIGKILL');
        else if (data.type === 'event') onEvent(data);
        else if (data.type !== 'reply') void desk?.take(data);
        else this.#waiting.get(data.id)?.resolve(data.outcome);
      },
      (how) => {
        this.#gone = true;
        desk?.[Symbol.dispose]();
        exited.resolve(how);
      },
    );
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Undefined when the process ended before it replied. */
  async call(call: Call): Promise<Outcome | undefined> {
    const id = this.#next++;
    const waiting = Promise.withResolvers<Outcome>();
    this.#waiting.set(id, waiting);
    this.#process.send({ id, call });
    try {
      return await Promise.race([waiting.promise, this.exited.then(() => undefined)]);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** SIGTERM, three seconds, SIGKILL; resolves when it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#gone) return;
    using timer = startTimer(grace, () => this.#process.kill('SIGKILL'));
    void timer;
    this.#process.kill('SIGTERM');
    await this.exited;
  }
}
