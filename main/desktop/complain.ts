import { say } from '../base/terminal.ts';

/** Where the shell's own troubles go: the standard error, one line each, with the stack of a defect behind it. */
export function complain(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(`onlooker: ${text}`);
}
