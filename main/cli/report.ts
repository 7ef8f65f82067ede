import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { say, visibleLine } from '../base/terminal.ts';
import { oneLine } from '../output/clean-text.ts';

/** Exit code for a defect of ours. */
const defect = 70;

/** Prints a failure as one line on standard error, its causes below it if `verbose`, and returns the exit code. */
export function report(error: unknown, options: { readonly verbose: boolean }): number {
  say([`onlooker: ${describe(error).message}`, ...(options.verbose ? causes(error) : [])].join('\n'));
  return error instanceof OnlookerError ? error.exitCode : defect;
}

/** Tells the user something on standard error that is neither a result nor a failure. */
export function tell(line: string): void {
  say(oneLine(line));
}

/** A failure as the `failed` event carries it. */
export function describe(error: unknown): { code: string; message: string } {
  if (error instanceof OnlookerError) return { code: error.code, message: visibleLine(error.message) };
  const message = visibleLine(withoutSecrets(errorMessage(error)));
  return {
    code: 'defect',
    message: `This is a defect of Onlooker: ${message}. Run it again with --verbose and report it.`,
  };
}

function causes(error: unknown): string[] {
  const lines: string[] = [];
  for (
    let at: unknown = error;
    at !== undefined && lines.length < 10;
    at = at instanceof Error ? at.cause : undefined
  ) {
    // The message of what failed is on the line above; of a defect the place matters, too.
    if (at !== error) lines.push(`  because: ${withoutSecrets(errorMessage(at))}`);
    else if (!(at instanceof OnlookerError) && at instanceof Error && at.stack) lines.push(withoutSecrets(at.stack));
  }
  return lines;
}
