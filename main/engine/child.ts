/** The engine's process as its host sees it: calls go out, outcomes and events come back, and it has a certain end. */
import { fileURLToPath } from 'node:url';
import { withCompiledCode } from '../base/compiled-code.ts';
import { forkScript, type ScriptProcess } from '../base/script-process.ts';
import { startTimer } from '../base/timer.ts';
import { DisplayDesk, type DisplayOpener } from './display-desk.ts';
import { type Call, type Outcome, type Report, report } from './messages.ts';

export type EngineProcess = ScriptProcess;

export type SpawnEngine = () => EngineProcess;

/** Milliseconds it may take to end after SIGTERM before it is killed. */
const grace = 3000;

/** The default: a Node process of its own. */
export function forkEngine(): EngineProcess {
  const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));
  return forkScript(worker, { env: withCompiledCode() });
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
