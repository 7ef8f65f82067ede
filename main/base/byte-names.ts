/**
 * Names of files that are no UTF-8. Node reads them as text in which U+FFFD stands in place of what it could not decode, and
 * that text leads to no file. What was meant is found again on the command line as the system keeps it (Linux), and in the
 * folders themselves.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

/** A path as the system takes it: text, or bytes that are no text. */
export type BytePath = string | Buffer;

/**
 * The path that is meant by `path`, which may have lost bytes on its way. Bytes only where text leads to nothing; of
 * several files whose names look alike the one on the command line, and else none.
 */
export function meantPath(path: string): BytePath {
  if (!path.includes('\ufffd')) return path;
  const typed = typedPath(path);
  if (typed) return typed;
  return lstatSync(path, { throwIfNoEntry: false }) ? path : (foundPath(path) ?? path);
}

/** The file or folder that a path leads to, links followed. @throws the system's error where there is nothing */
export async function realBytePath(path: BytePath): Promise<BytePath> {
  const real = await realpath(path, { encoding: 'buffer' });
  return isText(real) ? real.toString() : real;
}

/** The folder of an absolute path. */
export function folderOf(path: BytePath): BytePath {
  return typeof path === 'string' ? dirname(path) : path.subarray(0, Math.max(1, path.lastIndexOf(sep)));
}

/** A name in a folder. */
export function inFolder(folder: BytePath, name: string): BytePath {
  return typeof folder === 'string' ? join(folder, name) : Buffer.concat([folder, Buffer.from(`${sep}${name}`)]);
}

/** A path as text that another program can open, too, for as long as this is not closed. */
export class TextPath implements AsyncDisposable {
  readonly text: string;
  readonly #handle: FileHandle | undefined;

  private constructor(text: string, handle?: FileHandle) {
    this.text = text;
    this.#handle = handle;
  }

  /** @throws the system's error where `path` is bytes and cannot be read */
  static async of(path: BytePath): Promise<TextPath> {
    if (typeof path === 'string') return new TextPath(path);
    const handle = await open(path, 'r');
    return new TextPath(`/proc/${process.pid}/fd/${handle.fd}`, handle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
  }
}

/** The argument of this command line, or the value of an option in it, that Node has read as `path`. */
function typedPath(path: string): Buffer | undefined {
  // A launcher on an older Node starts the program again, with what it has read itself.
  const owner = process.env.ONLOOKER_TAKEN_OVER ? process.ppid : 'self';
  let line: Buffer;
  try {
    line = readFileSync(`/proc/${owner}/cmdline`);
  } catch {
    return undefined; // not on this system
  }
  for (const argument of split(line, 0)) {
    const values = [argument, argument.subarray(argument.indexOf('=') + 1)];
    const value = values.find((bytes) => sameText(bytes, path) || resolve(bytes.toString()) === path);
    if (value && !isText(value)) return absolute(value);
  }
  return undefined;
}

/** The only file whose name looks like `path`, looked for in each folder on the way; the last part may be new. */
function foundPath(path: string): Buffer | undefined {
  let found = Buffer.from(sep);
  for (const part of resolve(path).split(sep).filter(Boolean)) {
    const names = part.includes('\ufffd') ? namesIn(found).filter((name) => sameText(name, part)) : [Buffer.from(part)];
    if (names.length !== 1) return undefined;
    found = Buffer.concat([found, Buffer.from(found.at(-1) === 0x2f ? '' : sep), names[0]!]);
  }
  return found;
}

function namesIn(folder: Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' });
  } catch {
    return []; // not there, or not to be read
  }
}

function absolute(path: Buffer): Buffer {
  return path[0] === 0x2f ? path : Buffer.concat([Buffer.from(`${process.cwd()}${sep}`), path]);
}

/** How many U+FFFD stand for some bytes depends on who decodes them. */
function sameText(bytes: Buffer, text: string): boolean {
  const plain = (name: string) => name.replace(/\ufffd+/g, '\ufffd');
  return plain(bytes.toString()) === plain(text);
}

function isText(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString()).equals(bytes);
}

function split(bytes: Buffer, at: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = bytes.indexOf(at, from);
    parts.push(bytes.subarray(from, to < 0 ? undefined : to));
    from = to < 0 ? bytes.length : to + 1;
  }
  return parts;
}
