/**
 * The log on disk: `onlooker-000001.log`, `-000002`, ... in a folder for the user alone. When the newest is full the next
 * is begun and the oldest goes; none is renamed, so that several programs write at the same time without a lock.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { userData } from '../base/data-home.ts';

/** Bytes after which a file is full, and how many files stay. */
export const fileBytes = 1_000_000;
const keptFiles = 3;

/** Appends whole lines at once; does not wait for a pipe, and follows no link, that somebody put in its place. */
const appending =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/** The folder used when none is named. */
export function logFolder(): string {
  return join(userData(), 'log');
}

/** Adds a line, in one write. @throws the system's error */
export function appendLine(line: string, folder: string = logFolder()): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const number = numbers(folder).at(-1) ?? 1;
  if (append(folder, number, line)) return;
  for (const old of numbers(folder)) if (old <= number + 1 - keptFiles) rmSync(fileOf(folder, old), { force: true });
  append(folder, number + 1, line);
}

/** All lines, oldest first; none where there is no log, or none that can be read. */
export function readLines(folder: string = logFolder()): string[] {
  return numbers(folder).flatMap((number) => {
    try {
      return readFileSync(fileOf(folder, number), 'utf8').split('\n').filter(Boolean);
    } catch {
      return []; // full, and gone meanwhile; or another user's
    }
  });
}

/** Removes it. A program that runs begins a new one with what it has to say next. @throws the system's error */
export function removeLog(folder: string = logFolder()): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Returns false, and writes nothing, where the file is full. */
function append(folder: string, number: number, line: string): boolean {
  const file = openSync(fileOf(folder, number), appending, 0o600);
  try {
    const { size } = fstatSync(file);
    if (size >= fileBytes) return false;
    const bytes = Buffer.from(`${line}\n`);
    // A disk that was full may have taken a part only; what follows it begins a line of its own.
    if (writeSync(file, bytes) < bytes.length) writeSync(file, '\n');
    return true;
  } finally {
    closeSync(file);
  }
}

/** Of the files that are there, in order. */
function numbers(folder: string): number[] {
  try {
    return readdirSync(folder)
      .map((name) => Number(/^onlooker-(\d{6,12})\.log$/.exec(name)?.[1] ?? Number.NaN))
      .filter((number) => !Number.isNaN(number))
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function fileOf(folder: string, number: number): string {
  return join(folder, `onlooker-${String(number).padStart(6, '0')}.log`);
}
