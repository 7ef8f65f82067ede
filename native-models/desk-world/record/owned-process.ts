import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';

export interface LaunchOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Runs as this user and group; default ours. */
  readonly user?: number | undefined;
  /** Default: everything ignored. */
  readonly stdio?: StdioOptions;
  /** How long a polite SIGTERM may take before SIGKILL; default 2000 ms. */
  readonly graceMs?: number;
}

/** Groups still running: they must not survive this process, whichever way it exits. */
const running = new Set<OwnedProcess>();
process.on('exit', () => {
  for (const owned of running) owned.signal('SIGKILL');
});

/**
 * A child process, with whatever it starts itself (it leads a process group of its own), that has one owner and a
 * certain end: SIGTERM, a grace, SIGKILL, wait.
 */
export class OwnedProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Resolves when the process is gone, or could not be started: then `failure` says why. */
  readonly ended: Promise<void>;
  failure: Error | undefined;
  readonly #graceMs: number;

  constructor(command: string, args: readonly string[], options: LaunchOptions = {}) {
    this.#graceMs = options.graceMs ?? 2000;
    this.child = spawn(command, args, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: options.stdio ?? 'ignore',
      detached: true,
      ...(options.user === undefined ? {} : { uid: options.user, gid: options.user }),
    });
    running.add(this);
    this.ended = new Promise<void>((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', (error) => {
        this.failure = error;
        resolve();
      });
    }).then(() => {
      this.signal('SIGKILL'); // whatever of the group has outlived its leader
      running.delete(this);
    });
  }

  get alive(): boolean {
    return running.has(this);
  }

  /** Signals the whole group; one that is already gone is no error. */
  signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // ESRCH: nobody is left to be told
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.alive) return;
    this.signal('SIGTERM');
    const last = setTimeout(() => this.signal('SIGKILL'), this.#graceMs);
    await this.ended;
    clearTimeout(last);
  }
}
