/** Runs the real command line as a process of its own, the way a shell does. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The `onlooker` command. */
export const launcher = fileURLToPath(new URL('../../main/cli/onlooker.js', import.meta.url));

/** A recording of a real desktop, 60 s and more. */
export const recording = fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url));

/** Node options that make the launcher believe that it runs on a Node too old. */
export const asOldNode = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})',
];

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `onlooker`. */
export class CommandLine {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], options: { nodeOptions?: readonly string[]; env?: NodeJS.ProcessEnv } = {}) {
    this.child = spawn(process.execPath, [...(options.nodeOptions ?? []), launcher, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, 'close').then(([code]) => ({ code, stdout: this.stdout, stderr: this.stderr }));
  }

  /** Resolves once `condition` holds for what it has printed; rejects if it ends before. */
  async until(condition: (stdout: string) => boolean): Promise<void> {
    const early = this.ended.then(({ code, stderr }) => {
      throw new Error(`It ended too early, with ${code}: ${stderr}`);
    });
    while (!condition(this.stdout)) await Promise.race([once(this.child.stdout, 'data'), early]);
    early.catch(() => {}); // it will end, later, and that is no error then
  }
}

/** Runs `onlooker` to its end. */
export function onlooker(...args: readonly string[]): Promise<Ended> {
  return new CommandLine(args).ended;
}

/** The events in whole JSON lines; a line cut short is an error. */
export function eventsIn<T = { type: string; [field: string]: unknown }>(text: string): T[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not whole');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}
