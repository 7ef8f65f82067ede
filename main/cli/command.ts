import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';

/** What a module of this folder that is a command exports. */
export interface Command {
  /** Shown by `onlooker COMMAND --help`. */
  readonly usage: string;
  /** Runs to the end and returns the exit code. Throws an `OnlookerError` for anything a user can act on. */
  run(args: readonly string[]): Promise<number>;
}

/** `util.parseArgs`, strict, with its complaints as `usage` errors. */
export function parse<const T extends ParseArgsOptionsConfig>(command: string, args: readonly string[], options: T) {
  try {
    return parseArgs({ args: withNegativeValues(args, options), options, allowPositionals: true });
  } catch (cause) {
    // Its first sentence says what is wrong; the rest explains how to escape a dash.
    const problem = errorMessage(cause).split(/[.?]\s/)[0];
    const [, option] = /'(--\S+)' argument is ambiguous/.exec(problem ?? '') ?? [];
    const value = option === undefined ? undefined : args[args.indexOf(option) + 1];
    const reason = value === undefined ? `${problem}.` : `${option} has no value: "${value}" looks like an option.`;
    const hint = value === undefined ? '' : ` Write ${option}=${value} if it is the value.`;
    throw new OnlookerError('usage', `${reason}${hint} Run "onlooker ${command} --help" to see the options.`, {
      cause,
    });
  }
}

/**
 * Joins an option and a negative number behind it to one argument, `--from=-5`: `parseArgs` takes "-5" for an option, and
 * its complaint would hide what is wrong with the number.
 */
export function withNegativeValues(args: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const joined: string[] = [];
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  for (const [index, arg] of args.entries()) {
    const option = index < end && /^-[.:]?\d/.test(arg) ? /^--(.+)$/.exec(joined.at(-1) ?? '')?.[1] : undefined;
    if (option !== undefined && options[option]?.type === 'string') joined.push(`${joined.pop()}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

/** Refuses words that a command takes none of. `example` is how it is called. @throws OnlookerError `usage` */
export function refuseWords(positionals: readonly string[], example: string): void {
  if (positionals[0] === undefined) return;
  throw new OnlookerError('usage', `What does "${positionals[0]}" mean? Write: ${example}.`);
}

/** A number from the command line, or undefined when the option was not given. */
export function number(
  option: string,
  text: string | undefined,
  wanted: { readonly what: string; readonly min: number; readonly max?: number; readonly whole?: boolean },
): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const { min, max = Number.MAX_SAFE_INTEGER, whole = false } = wanted;
  if (Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new OnlookerError('usage', `--${option} ${JSON.stringify(text)}: it must be ${wanted.what}.`);
}
