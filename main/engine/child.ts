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

/** How often it is asked for a sign of life, in the time in which it must give one. */
const beats = 10;

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
  /** Times it was asked for a sign of life since its last one. */
  #unanswered = 0;

  /**
   * @param silenceMs of silence after which it is killed: it hangs, or was stopped. Only time in which this process runs
   * counts, so that a machine that slept finds its engine alive
   * @param displays opens screens that the process cannot capture itself
   */
  constructor(
    spawn: SpawnEngine,
    onEvent: (report: Report & { type: 'event' }) => void,
    silenceMs: number,
    displays: DisplayOpener | undefined,
  ) {
    this.#process = spawn();
    const desk = displays && new DisplayDesk(displays, (message, ports) => this.#process.send(message, ports));
    const exited = Promise.withResolvers<string>();
    this.exited = exited.promise;
    const beating = setInterval(() => this.#beat(), silenceMs / beats).unref();
    this.#process.listen(
      (message) => {
        this.#unanswered = 0;
        const { data, success } = report.safeParse(message);
        // One that talks nonsense is no better than one that crashed.
        if (!success) this.#process.kill('SIGKILL');
        else if (data.type === 'event') onEvent(data);
        else if (data.type === 'beat') return;
        else if (data.type !== 'reply') void desk?.take(data);
        else this.#waiting.get(data.id)?.resolve(data.outcome);
      },
      (how) => {
        this.#gone = true;
        clearInterval(beating);
        desk?.[Symbol.dispose]();
        exited.resolve(this.#unanswered < beats ? how : `no sign of life for ${silenceMs / 1000} s`);
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

  #beat(): void {
    if (this.#unanswered === beats) {
      this.#process.kill('SIGKILL');
      return;
    }
    this.#unanswered += 1;
    this.#process.send({ beat: true });
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
