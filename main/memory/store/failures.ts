/** What SQLite's error codes mean for a user. */
import { OnlookerError } from '../../base/errors.ts';

/** SQLite's name of an error, such as SQLITE_FULL; undefined for errors that are not SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_')) return error.code;
  // What a script fails of is reported by its text alone.
  if (error.message === 'attempt to write a readonly database') return 'SQLITE_READONLY';
  // A file that cannot be opened at all is reported without a code, its number in the text.
  return /^ConnectionFailed\(.*: 14"\)$/.test(error.message) ? 'SQLITE_CANTOPEN' : undefined;
}

/** Whether the system refused something with a file or folder; not SQLite, whose errors have codes of their own. */
export function isOfTheFiles(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Whether there is no room left on the disk, or in what the user may take of it. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** What to do then. */
export const diskFull = 'the disk is full. Free some space, or name another folder with --memory.';

/** What SQLite says in words alone: a damaged header, or tables that are not those of the version the file names. */
const generalDamage =
  /^((unsupported|invalid fts5) file format|no such (table|column)|duplicate column name|(table|index|trigger) \S+ already exists)/;

/** Whether the file is not what it should be: damaged, or (as SQLite sees it) written with another key. */
export function isDamage(error: unknown): boolean {
  if (error instanceof OnlookerError) return error.code === 'memory-damaged';
  const code = sqliteCode(error);
  if (code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT')) return true;
  if (code !== 'SQLITE_ERROR' || !(error instanceof Error)) return false;
  return generalDamage.test(error.message);
}

/** What SQLite would say if it had noticed by itself. */
export function corrupt(message: string): Error {
  return Object.assign(new Error(message), { code: 'SQLITE_CORRUPT' });
}

/** Whether the same call may succeed later: no room, no permission, another program's lock. */
export function isPassing(error: unknown): boolean {
  return error instanceof OnlookerError && (error.code === 'memory-unwritable' || error.code === 'memory-busy');
}

/** The error as a user should see it; a defect of ours is returned as it is. */
export function memoryError(error: unknown, folder: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  const options = { cause: error };
  if (isDamage(error)) {
    return new OnlookerError(
      'memory-damaged',
      `The memory in ${folder} is damaged. Run "onlooker narrate SOURCE --remember": it sets the damaged file aside and starts a new one.`,
      options,
    );
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    const message = `Another program is using the memory in ${folder}. Wait for it, or end it, and try again.`;
    return new OnlookerError('memory-busy', message, options);
  }
  const reason = unwritableReason(code);
  if (reason === undefined) return error;
  return new OnlookerError('memory-unwritable', `Cannot write the memory in ${folder}: ${reason}`, options);
}

/** What the system refused with a file or folder, as a user should see it; any other error as it is. */
export function unwritableFile(error: unknown): unknown {
  if (!isOfTheFiles(error)) return error;
  const { path } = error as NodeJS.ErrnoException;
  const what = `The system refuses to change ${path ?? 'a file'}`;
  const message = isFull(error) ? `${what}: ${diskFull}` : `${what}. Check its permissions and those of its folder.`;
  return new OnlookerError('memory-unwritable', message, { cause: error });
}

/** Does `work` on the database in `folder`, with its errors as `memoryError` has them. */
export function guarded<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw memoryError(error, folder);
  }
}

function unwritableReason(code: string): string | undefined {
  if (code === 'SQLITE_FULL') return diskFull;
  if (code.startsWith('SQLITE_IOERR'))
    return 'the disk refused it. Check the disk, or name another folder with --memory.';
  if (/^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code)) {
    return 'permission is missing. Change the permissions, or name another folder with --memory.';
  }
  return undefined;
}
