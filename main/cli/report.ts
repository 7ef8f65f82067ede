import { OnlookerError } from '../errors.ts';
import { oneLine } from '../output/clean-text.ts';
import { withoutSecrets } from '../secrets.ts';

/** Exit code for a defect of ours. */
const defect = 70;

/** Prints a failure as one line on standard error, its causes below it if `verbose`, and returns the exit code. */
export function report(error: unknown, options: { readonly verbose: boolean }): number {
  process.stderr.write(`onlooker: ${describe(error).message}\n`);
  if (options.verbose) process.stderr.write(causes(error));
  return error instanceof OnlookerError ? error.exitCode : defect;
}

/** Tells the user something on standard error that is neither a result nor a failure. */
export function tell(line: string): void {
  process.stderr.write(`${oneLine(line)}\n`);
}

/** A failure as the `failed` event carries it. */
export function describe(error: unknown): { code: string; message: string } {
  if (error instanceof OnlookerError) return { code: error.code, message: oneLine(error.message) };
  const message = oneLine(withoutSecrets(error instanceof Error ? error.message : String(error)));
  return {
    code: 'defect',
    message: `This is a defect of Onlooker: ${message}. Run it again with --verbose and report it.`,
  };
}

function causes(error: unknown): string {
  const lines: string[] = [];
  for (
    let at: unknown = error;
    at !== undefined && lines.length < 10;
    at = at instanceof Error ? at.cause : undefined
  ) {
    // The message of what failed is on the line above; of a defect the place matters, too.
    if (at !== error) lines.push(`  because: ${withoutSecrets(at instanceof Error ? at.message : String(at))}`);
    else if (!(at instanceof OnlookerError) && at instanceof Error && at.stack) lines.push(withoutSecrets(at.stack));
  }
  return lines.map((line) => `${line}\n`).join('');
}
