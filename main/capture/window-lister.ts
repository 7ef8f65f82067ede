/** One look at the windows of this desktop, by whatever means it has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { output } from './displays.ts';
import type { VisibleWindow, WindowList } from './visible-window.ts';
import { darwinLister, parseDarwin } from './windows-darwin.ts';
import { parseWin32, win32Lister } from './windows-win32.ts';
import { x11Windows } from './windows-x11.ts';

/** Looks at the windows there are now. Never rejects: what cannot be told is undefined. */
export interface WindowLister extends Disposable {
  /** @param relevant windows whose exact place is needed; where telling costs, others may be told that are not shown */
  look(relevant: (window: VisibleWindow) => boolean): Promise<WindowList>;
}

/** Milliseconds an answer may take: what is older is of no use. */
const patience = 3000;

export function windowLister(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): WindowLister {
  if (platform === 'win32') return new AskedProcess(win32Lister(), parseWin32);
  if (platform === 'darwin') return lister(async () => parseDarwin(await output(...darwinLister())));
  // Wayland tells no program of another's windows, and X11 knows only of those that still speak X11 there.
  const display = env.WAYLAND_DISPLAY || env.XDG_SESSION_TYPE === 'wayland' ? undefined : env.DISPLAY;
  return lister(async (relevant) => (display ? x11Windows(display, relevant) : undefined));
}

function lister(look: WindowLister['look']): WindowLister {
  return { look: (relevant) => look(relevant).catch(() => undefined), [Symbol.dispose]: () => {} };
}

/** A process that answers a line with a line; started when it is first asked, and again when it has ended. */
export class AskedProcess implements WindowLister {
  readonly #command: readonly [string, readonly string[]];
  readonly #parse: (line: string) => WindowList;
  readonly #waiting: ((line: string) => void)[] = [];
  #child: ChildProcess | undefined;

  constructor(command: readonly [string, readonly string[]], parse: (line: string) => WindowList) {
    this.#command = command;
    this.#parse = parse;
  }

  async look(): Promise<WindowList> {
    this.#child ??= this.#start();
    const answer = Promise.withResolvers<string>();
    this.#waiting.push(answer.resolve);
    this.#child.stdin?.write('\n');
    // One that does not answer is ended: a late answer would be taken for that to the next question.
    const timer = setTimeout(() => this[Symbol.dispose](), patience);
    const line = await answer.promise;
    clearTimeout(timer);
    return this.#parse(line);
  }

  [Symbol.dispose](): void {
    this.#child?.kill();
    this.#gone();
  }

  #start(): ChildProcess {
    const [program, args] = this.#command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    const gone = () => this.#child === child && this.#gone();
    child.on('error', gone);
    child.on('exit', gone);
    child.stdin.on('error', gone);
    createInterface(child.stdout).on('line', (line) => this.#child === child && this.#waiting.shift()?.(line));
    return child;
  }

  #gone(): void {
    this.#child = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve('');
  }
}
