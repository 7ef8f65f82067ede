/** The key of the memory: 32 random bytes, kept by somebody the user can trust with them. */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { OnlookerError } from '../../base/errors.ts';
import { diskFull, isFull } from './failures.ts';

/** Who keeps the key: a file for the command line, the system's key store where there is one. */
export interface KeyKeeper {
  /** Where it is kept, for messages. */
  readonly place: string;
  /** The key; undefined when there is none yet. @throws OnlookerError `memory-locked` */
  read(): Promise<Buffer | undefined>;
  /** Makes a key, keeps it and returns it; if another program was faster, that one's. */
  create(): Promise<Buffer>;
}

const keyBytes = 32;

/** A key file that nobody but its owner may read. */
export function keyFile(path: string): KeyKeeper {
  return { place: path, read: () => readKeyFile(path), create: () => createKeyFile(path) };
}

/** A key that somebody else keeps and has handed over, in hexadecimal digits: for the process that records. */
export function handedOver(digits: string): KeyKeeper {
  const key = async () => Buffer.from(digits, 'hex');
  return { place: 'the key that was handed over', read: key, create: key };
}

async function readKeyFile(path: string): Promise<Buffer | undefined> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw locked(`The key file ${path} can be read by other users. Run "chmod 600 ${path}" if it is yours alone.`);
    }
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof OnlookerError) throw cause;
    if (isCode(cause, 'ENOENT')) return undefined;
    throw locked(`The key file ${path} cannot be read. Check its permissions.`, cause);
  }
  const key = /^[0-9a-f]{64}$/.test(text.trim()) ? Buffer.from(text.trim(), 'hex') : undefined;
  if (key?.length === keyBytes) return key;
  throw locked(`The key file ${path} does not hold a key (64 hexadecimal digits). Put the right one back.`);
}

async function createKeyFile(path: string): Promise<Buffer> {
  const key = randomBytes(keyBytes);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    {
      await using file = await open(temporary, 'wx', 0o600);
      await file.writeFile(`${key.toString('hex')}\n`);
      await file.sync();
    }
    await link(temporary, path); // whole or not at all, and never over another one
    return key;
  } catch (cause) {
    const other = isCode(cause, 'EEXIST') ? await readKeyFile(path) : undefined;
    if (other) return other;
    const why = isFull(cause) ? diskFull : "check the folder's permissions, or name another with --memory.";
    const message = `The key file ${path} cannot be written: ${why}`;
    throw new OnlookerError('memory-unwritable', message, { cause });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A value that tells one key from another and gives nothing of it away; kept beside the database. */
export function keyCheck(key: Buffer): string {
  return createHmac('sha256', key).update('onlooker memory').digest('hex');
}

export function isCheckOf(check: string, key: Buffer): boolean {
  const wanted = Buffer.from(keyCheck(key));
  const found = Buffer.from(check.trim());
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}

function locked(message: string, cause?: unknown): OnlookerError {
  return new OnlookerError('memory-locked', message, { cause });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
