import { execFile } from 'node:child_process';
import { accessSync, chmodSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { OnlookerError } from '../base/errors.ts';
import { unpacked } from '../base/unpacked.ts';

/** An ffmpeg that runs on this machine. */
export interface FfmpegBinary {
  readonly path: string;
  /** As it calls itself, such as `5.1.9` or `N-47683-g0e8eb07980`. */
  readonly version: string;
  readonly origin: 'FFMPEG_PATH' | 'ffmpeg-static' | 'system' | '@ffmpeg-installer/ffmpeg';
  /** 5.1 or later: some options changed their names then. */
  readonly modern: boolean;
  /** Older than 4.2 (2019): nobody mends its holes any more. It is given no address, and only the commonest containers. */
  readonly outdated: boolean;
  /** Something the user should know about it. */
  readonly note?: string;
}

/** Codes that say nothing about the program that was to be started. */
const exhausted: readonly string[] = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'];

let found: Promise<FfmpegBinary> | undefined;

/** `locateFfmpeg`, once for the program. */
export function findFfmpeg(): Promise<FfmpegBinary> {
  found ??= locateFfmpeg().catch((error: unknown) => {
    found = undefined; // the user may install it meanwhile
    throw error;
  });
  return found;
}

/**
 * Finds ffmpeg: `FFMPEG_PATH`, the binary of ffmpeg-static where somebody ran its installer, the system's, and last
 * `@ffmpeg-installer/ffmpeg` from 2018. Nothing is downloaded: ffmpeg-static publishes no checksum to hold a binary against.
 * @throws {OnlookerError} `ffmpeg-missing`
 */
export async function locateFfmpeg(env: NodeJS.ProcessEnv = process.env): Promise<FfmpegBinary> {
  if (env.FFMPEG_PATH) {
    const named = await examine(env.FFMPEG_PATH, 'FFMPEG_PATH');
    if (named) return named;
    throw new OnlookerError(
      'ffmpeg-missing',
      `FFMPEG_PATH names "${env.FFMPEG_PATH}", which does not run. Correct it, or unset it to have ffmpeg looked for.`,
    );
  }
  const candidate =
    (await examine(staticBinary(), 'ffmpeg-static')) ??
    (await examineFirst(onPath(env), 'system')) ??
    (await examine(installerBinary(), '@ffmpeg-installer/ffmpeg'));
  if (candidate) return candidate;
  throw new OnlookerError(
    'ffmpeg-missing',
    'No ffmpeg was found. Install it ("apt install ffmpeg", "brew install ffmpeg", "winget install ffmpeg") or set FFMPEG_PATH.',
  );
}

/** The first of them that runs. */
async function examineFirst(
  paths: readonly string[],
  origin: FfmpegBinary['origin'],
): Promise<FfmpegBinary | undefined> {
  for (const path of paths) {
    const found = await examine(path, origin);
    if (found) return found;
  }
  return undefined;
}

async function examine(path: string | undefined, origin: FfmpegBinary['origin']): Promise<FfmpegBinary | undefined> {
  if (path === undefined) return undefined;
  let output: string;
  try {
    output = (await promisify(execFile)(path, ['-version'], { timeout: 10_000, windowsHide: true })).stdout;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && exhausted.includes(code)) {
      const message = `The system cannot start ${path} now (${code}): too many files or programs are open. Close some, or allow more.`;
      throw new OnlookerError('runtime-mismatch', message, { cause });
    }
    return undefined; // missing, for another machine, or not ffmpeg: the next one is tried
  }
  const described = describeVersion(output);
  if (!described) return undefined;
  const note =
    described.outdated &&
    `This ffmpeg (${described.version}) is from 2018 or so, and nobody mends its holes: it opens no addresses, and of files only mp4, mov, mkv, webm, avi and ts. Install a current one.`;
  return { path, origin, ...described, ...(note ? { note } : {}) };
}

/** Reads the first line of `ffmpeg -version`; undefined when it is not ffmpeg's. */
export function describeVersion(output: string): Pick<FfmpegBinary, 'version' | 'modern' | 'outdated'> | undefined {
  const version = /^ffmpeg version (\S+)/.exec(output)?.[1];
  if (!version) return undefined;
  const [, major, minor] = /^n?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major !== undefined) {
    const number = Number(major) * 100 + Number(minor);
    return { version, modern: number >= 501, outdated: number < 402 };
  }
  // Development builds carry no number; the year of their copyright tells.
  const year = Number(/\(c\) \d{4}-(\d{4})/.exec(output)?.[1] ?? 0);
  return { version, modern: year >= 2023, outdated: year < 2019 };
}

/** Every ffmpeg in the folders of PATH. A folder that cannot be looked into says nothing about the others. */
function onPath(env: NodeJS.ProcessEnv): string[] {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).filter(isFile);
}

function staticBinary(): string | undefined {
  const path = fromPackage('ffmpeg-static', (value) => value);
  return typeof path === 'string' && isFile(unpacked(path)) ? unpacked(path) : undefined;
}

function installerBinary(): string | undefined {
  const named = fromPackage('@ffmpeg-installer/ffmpeg', (value) => (value as { path?: unknown }).path);
  if (typeof named !== 'string') return undefined;
  const path = unpacked(named);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    try {
      chmodSync(path, 0o755); // its own install script would have done so
    } catch {
      return undefined; // installed by someone else, read-only
    }
  }
  return path;
}

function fromPackage(name: string, pick: (value: unknown) => unknown): unknown {
  try {
    return pick(createRequire(import.meta.url)(name));
  } catch {
    return undefined; // optional, or not made for this platform
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // not there; or in a folder that may not be entered, a circle of links, under too long a name
  }
}
