import { fileURLToPath } from 'node:url';
import { OnlookerError } from '../base/errors.ts';
import { programPath } from '../base/paths.ts';
import { errorKinds, type LogFields } from './events.ts';
import { record } from './record.ts';

/** Causes beneath causes, and places in the program, at most. */
const mostCauses = 4;
const mostFrames = 12;

/** A line of a stack: `    at async name (file:///folder/file.ts:12:3)`. */
const place = /^ {4}at .*?\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()\n]*):(\d+):(\d+)\)?$/gm;

/** An error passes several places that could record it. */
const known = new WeakSet<Error>();

/**
 * Notes an error in the log: its code, what kinds of errors lay beneath, and where in the program. Not its message, which
 * may hold a name or a text of the user. A mistake on the command line (`usage`) is none of the program's.
 */
export function recordFailure(error: unknown): void {
  if (error instanceof OnlookerError && error.code === 'usage') return;
  if (error instanceof Error) {
    if (known.has(error)) return;
    known.add(error);
  }
  record('failed', failureFields(error));
}

/** What the log has of an error. */
export function failureFields(error: unknown): LogFields<'failed'> {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < mostCauses; at = at.cause) chain.push(at);
  return {
    code: error instanceof OnlookerError ? error.code : 'defect',
    causes: chain.map((each) => {
      const code = 'code' in each && !(each instanceof OnlookerError) ? String(each.code) : undefined;
      const kind = errorKinds.find((name) => name === each.name) ?? 'other';
      return code !== undefined && /^[A-Z]/.test(code) ? { kind, code } : { kind };
    }),
    frames: chain.map(framesOf).findLast((frames) => frames.length > 0) ?? [],
  };
}

/** `main/live/session.ts:12:3`, innermost first; places outside of the program are left out. */
function framesOf({ stack = '', message }: Error): string[] {
  // The message stands before the places, and may look like them.
  const at = stack.indexOf(message);
  const places = at < 0 ? '' : stack.slice(at + message.length);
  const root = programPath('');
  return [...places.matchAll(place)]
    .map(([, file = '', line, column]) => ({
      file: file.startsWith('file:') ? fileURLToPath(file) : file,
      line,
      column,
    }))
    .filter(({ file }) => file.startsWith(root))
    .map(({ file, line, column }) => `${file.slice(root.length).replaceAll('\\', '/')}:${line}:${column}`)
    .slice(0, mostFrames);
}
