import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutSecretsOf } from '../base/secrets.ts';
import { startTimer } from '../base/timer.ts';
import { refusedContainer } from './containers.ts';

/** Milliseconds a child may take to end after SIGTERM before it is killed. */
const grace = 1000;
/** Bytes of its messages that are kept: the first ones usually hold the cause, the last ones the end. */
const keptMessages = 16_384;

/** How a child process ended. */
export interface Ending {
  /** Null when a signal ended it or it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly failure?: Error;
}

export interface FfmpegOptions {
  /** `pipe` lets ffmpeg read what is written to `stdin`; default `ignore`. Our own standard input is never a child's. */
  readonly stdin?: 'ignore' | 'pipe';
  /** Is told every line of ffmpeg's messages; true if it took it, then it is not kept. */
  readonly taken?: ((line: string) => boolean) | undefined;
  /** Folder that it works in; default ours. */
  readonly cwd?: string;
}

/** Those that run: an end of this process that waits for nothing takes them along. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * A running ffmpeg, its pictures on `stdout` and `pipe3`, its messages kept. One owner, and a certain end: disposing sends
 * SIGTERM, waits a second, sends SIGKILL, and waits for the exit. It ends with this process; should that be killed, at its
 * next write to the closed pipe.
 */
export class FfmpegProcess implements AsyncDisposable {
  readonly stdout: Readable;
  /** What it writes to `pipe:3`; only where its arguments name that. */
  readonly pipe3: Readable | undefined;
  /** Only with `pipe`. */
  readonly stdin: Writable | null;
  readonly pid: number | undefined;
  /** Resolves when the process is gone and its messages are complete; never rejects. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #args: readonly string[];
  readonly #taken: (line: string) => boolean;
  #messages = '';
  /** A line that is not complete yet. */
  #line = '';

  constructor(
    path: string,
    args: readonly string[],
    { stdin = 'ignore', taken = () => false, cwd }: FfmpegOptions = {},
  ) {
    this.#taken = taken;
    const windows = process.platform === 'win32';
    const child = spawn(path, args, {
      cwd,
      // Windows passes a fourth one on, too: Node hands it to the C runtime of its child.
      stdio: [stdin, 'pipe', 'pipe', ...(args.includes('pipe:3') ? (['pipe'] as const) : [])],
      // A group of its own: Ctrl-C in the terminal is for us to handle, not for ffmpeg to die of.
      detached: !windows,
      windowsHide: true,
    });
    this.#child = child;
    this.#args = args;
    this.pid = child.pid;
    this.stdout = child.stdout!;
    this.pipe3 = (child.stdio as (Readable | null | undefined)[])[3] ?? undefined;
    this.stdin = child.stdin;
    // A broken pipe shows in `ended`; unheard it would end the program.
    for (const pipe of [this.stdout, this.pipe3, this.stdin]) pipe?.on('error', () => {});
    child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    running.add(child);
    this.#exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    void this.#exited.then(() => running.delete(child));
    this.ended = new Promise((resolve) => {
      child.once('error', (failure) => resolve({ code: null, signal: null, failure }));
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** What ffmpeg has said so far, cut in the middle when it was much, without the secrets of its arguments. */
  get messages(): string {
    return withoutSecretsOf(this.#args, this.#messages + this.#line);
  }

  /** Closes the pipes of its pictures: whoever reads them ends, and so does ffmpeg when it writes the next one. */
  closePictures(): void {
    this.stdout.destroy();
    this.pipe3?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closePictures();
    if (this.#child.pid === undefined) return;
    using timer = startTimer(grace, () => this.#child.kill('SIGKILL'));
    void timer;
    this.#child.kill('SIGTERM');
    await this.#exited;
    // A grandchild may hold the message pipe open: the exit is what counts.
    await Promise.race([this.ended, sleep(100, undefined, { ref: false })]);
    this.#child.stderr!.destroy();
  }

  #keep(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop()!.slice(0, keptMessages);
    this.#messages += lines
      .filter((line) => !this.#taken(line))
      .map((line) => `${line}\n`)
      .join('');
    if (this.#messages.length <= 2 * keptMessages) return;
    this.#messages = `${this.#messages.slice(0, keptMessages)}\n...\n${this.#messages.slice(-keptMessages / 2)}`;
  }
}

/** Runs ffmpeg to its end and gives back its messages; for looking at inputs and devices. */
export async function ffmpegMessages(
  path: string,
  args: readonly string[],
  limitMs: number,
  stdin?: Uint8Array,
): Promise<string> {
  const options = { stdin: stdin ? 'pipe' : 'ignore' } as const;
  await using child = new FfmpegProcess(path, ['-hide_banner', '-nostdin', ...args], options);
  child.stdin?.end(stdin);
  child.stdout.resume();
  await Promise.race([child.ended, sleep(limitMs, undefined, { ref: false })]);
  return child.messages;
}

/**
 * The most telling line of ffmpeg's messages, without its addresses and prefixes; '' when there is none. The first
 * error names the cause more often than the last.
 */
export function firstComplaint(messages: string): string {
  const refused = refusedContainer(messages);
  if (refused) return `it is ${refused.words}, which is not opened here`;
  const lines = messages
    .split('\n')
    .map((line) => ({ grave: /\[(error|fatal|panic)\]/.test(line), text: plain(line) }))
    .filter(({ text }) => text !== '');
  return (lines.find((line) => line.grave) ?? lines.at(-1))?.text ?? '';
}

/** True when ffmpeg reported an error, not merely a warning (it must run with `-loglevel level+...`). */
export function complained(messages: string): boolean {
  return /\[(error|fatal|panic)\]/.test(messages);
}

function plain(line: string): string {
  return line
    .replace(/\[[^\]]* @ (0x)?[0-9a-f]+\] ?/g, '')
    .replace(/\[(panic|fatal|error|warning|info)\] ?/g, '')
    .trim();
}
