import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const records = fileURLToPath(new URL('./records.ts', import.meta.url));

/** A running `records.ts`. */
export class Recording implements AsyncDisposable {
  readonly ended: Promise<unknown>;
  readonly #child;
  #stdout = '';
  stderr = '';

  /** @param options.limitBlocks no file may become larger, in blocks of 1024 bytes */
  constructor(into: string, options: { limitBlocks?: number } = {}) {
    const limit = options.limitBlocks === undefined ? '' : `ulimit -S -f ${options.limitBlocks};`;
    const command = `${limit} exec "$0" "$@"`;
    this.#child = spawn('bash', ['-c', command, process.execPath, records, into], { stdio: 'pipe' });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#child.stdin.on('error', () => {}); // it was killed: nobody reads
    this.ended = once(this.#child, 'close');
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get recording(): boolean {
    return this.#stdout.includes('recording\n');
  }

  /** Rows that it said were safe. */
  get written(): number {
    return this.#last('written');
  }

  /** Rows in all, once it has ended. */
  get recorded(): number {
    return this.#last('recorded');
  }

  get notices(): string[] {
    return [...this.#stdout.matchAll(/^notice (.*)\n/gm)].map(([, line]) => line!);
  }

  /** Resolves once `condition` holds; rejects if the program ends before. */
  async until(condition: (recording: Recording) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.#child.exitCode !== null) throw new Error(`It ended too early: ${this.#stdout}${this.stderr}`);
      await sleep(10);
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Lets it finish. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }

  #last(word: string): number {
    return Number([...this.#stdout.matchAll(new RegExp(`^${word} (\\d+)\n`, 'gm'))].at(-1)?.[1] ?? 0);
  }
}
