/**
 * Failures a user can act on. Each code belongs to one exit code of the command line; anything that is not an
 * `OnlookerError` is a defect of ours and ends with exit code 70.
 */

import { withoutSecrets } from './secrets.ts';

/** Exit code of the command line for each family of errors (0 done and 130 interrupted are not errors). */
const exitCodes = {
  usage: 2,
  'source-not-found': 3,
  'source-unreadable': 3,
  'source-unsupported': 3,
  'source-lost': 3,
  'ffmpeg-missing': 3,
  'bundle-missing': 4,
  'bundle-invalid': 4,
  'bundle-corrupt': 4,
  'model-unloadable': 4,
  'runtime-mismatch': 4,
  'engine-lost': 4,
  'snapshot-unusable': 4,
  'memory-missing': 4,
  'memory-locked': 4,
  'memory-damaged': 4,
  'memory-newer': 4,
  'memory-lost': 4,
  'export-unusable': 4,
  'settings-unusable': 4,
  'output-unwritable': 5,
  'memory-unwritable': 5,
  'memory-busy': 5,
} as const;

/** Stable, documented name of a failure; crosses process borders as data. */
export type ErrorCode = keyof typeof exitCodes;

export const errorCodes = Object.keys(exitCodes) as readonly ErrorCode[];

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(exitCodes, text);
}

/** A failure that says, in one line, what happened and what to do next. `cause` keeps what lay beneath. Secrets in addresses are hidden. */
export class OnlookerError extends Error {
  override readonly name = 'OnlookerError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(withoutSecrets(message), options);
    this.code = code;
  }

  /** The exit code the command line ends with. */
  get exitCode(): number {
    return exitCodes[this.code];
  }
}
