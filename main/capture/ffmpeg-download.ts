import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { userCache } from '../data-home.ts';

/** Longest time, in milliseconds, that a first start may wait for the download. */
const limit = 5000;
/** Days after which a failed download is tried again. */
const patienceDays = 7;

function target(env: NodeJS.ProcessEnv): string {
  return join(userCache(env), process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
}

/** An ffmpeg fetched earlier by `downloadFfmpeg`. */
export function downloadedFfmpeg(env: NodeJS.ProcessEnv): string | undefined {
  return statSync(target(env), { throwIfNoEntry: false })?.isFile() ? target(env) : undefined;
}

/**
 * Runs ffmpeg-static's download into the cache folder. A failure, also one for want of time, is remembered, so that a
 * machine without a way out waits at most once in a week. Undefined when it did not work.
 */
export async function downloadFfmpeg(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = userCache(env);
  const failed = join(folder, 'ffmpeg-download-failed');
  const before = statSync(failed, { throwIfNoEntry: false });
  if (before && Date.now() - before.mtimeMs < patienceDays * 86_400_000) return undefined;
  const part = `${target(env)}.${process.pid}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    const script = createRequire(import.meta.url).resolve('ffmpeg-static/install.js');
    if (await runs(script, { ...env, FFMPEG_BIN: part })) {
      chmodSync(part, 0o755);
      renameSync(part, target(env));
      return target(env);
    }
    writeFileSync(failed, 'The download of ffmpeg did not work; delete this file to have it tried again.\n');
  } catch {
    // No package, or nowhere to write: as if it had not been tried.
  } finally {
    rmSync(part, { force: true });
  }
  return undefined;
}

function runs(script: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(process.execPath, [script], {
    env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: 'ignore',
    timeout: limit,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false)).once('exit', (code) => resolve(code === 0));
  });
}
