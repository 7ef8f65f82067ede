import type { Outcome } from '../../preload/contract.ts';
import { errorMessage, errorStack } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { visibleLine } from '../base/terminal.ts';
import { recordFailure } from '../log/failures.ts';

/** A line for whoever runs the program: a defect with its place, something refused. */
export type Log = (line: string) => void;

/** Does `work`; its failure becomes data, and a defect is logged with its place. Never throws. */
export async function outcomeOf<T>(work: () => T | Promise<T>, log: Log): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    recordFailure(error);
    if (error instanceof OnlookerError) return { ok: false, code: error.code, message: visibleLine(error.message) };
    log(withoutSecrets(errorStack(error)));
    return { ok: false, code: 'defect', message: sentence(error) };
  }
}

/** Why something failed, in a sentence for the user. */
export function sentence(error: unknown): string {
  const message = visibleLine(withoutSecrets(errorMessage(error)));
  return error instanceof OnlookerError ? message : `This is a defect of Onlooker: ${message}.`;
}

/** What a failure is called across the program. */
export function codeOf(error: unknown): string {
  return error instanceof OnlookerError ? error.code : 'defect';
}
