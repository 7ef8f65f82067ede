import { errorStack } from '../base/error-text.ts';
import { say } from '../base/terminal.ts';
import { recordFailure } from '../log/failures.ts';

/** Where the shell's own troubles go: standard error, one line each with the stack behind it; and, without words, the log. */
export function complain(error: unknown): void {
  recordFailure(error);
  const text = errorStack(error);
  say(`onlooker: ${text}`);
}
