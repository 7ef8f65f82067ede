/**
 * Model files that did not come with the program are tried out in a process of its own before this one loads them. Native
 * code does not survive every file that fits its format, and a crash would end the program.
 */
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isErrorCode, OnlookerError } from '../base/errors.ts';
import type { BundleManifest } from '../bundle/manifest.ts';
import type { Trial } from './messages.ts';
import { tryInProcess } from './process.ts';
import { keepTried, trialKey, wasTried } from './tried.ts';

/** Trials under way in this process: several callers may open one bundle at once. */
const underWay = new Map<string, Promise<void>>();

/**
 * Tries a bundle out, once for each set of files: some seconds.
 * @throws OnlookerError `bundle-invalid` when it crashes, never ends, or takes too much; or what it fails with
 */
export async function tryBundleOut(folder: string, file: string, manifest: BundleManifest): Promise<void> {
  const { files, frame, vision, protocol, systemPrompt, instruction, decision, window } = manifest;
  const key = trialKey({ files, frame, vision, protocol, systemPrompt, instruction, decision, window });
  const bytes = Object.values(files).reduce((sum, each) => sum + (each?.bytes ?? 0), 0);
  await once(key, { what: { kind: 'bundle', folder, manifest: file }, bytes }, `The bundle ${manifest.name}`);
}

/** Tries a chat model out, once as long as the file does not change. @throws OnlookerError `model-unloadable`, and as above */
export async function tryChatModelOut(path: string): Promise<void> {
  const real = await realpath(path);
  const { dev, ino, size, mtimeMs, ctimeMs } = await stat(real);
  const key = trialKey({ real, dev, ino, size, mtimeMs, ctimeMs });
  await once(key, { what: { kind: 'chat', path: real }, bytes: size }, basename(path));
}

async function once(key: string, trial: Trial, name: string): Promise<void> {
  if (wasTried(key)) return;
  const trying = underWay.get(key) ?? tryOut(key, trial, name).finally(() => underWay.delete(key));
  underWay.set(key, trying);
  await trying;
}

async function tryOut(key: string, trial: Trial, name: string): Promise<void> {
  const verdict = await tryInProcess(trial);
  if (verdict === undefined) return;
  if ('ended' in verdict) {
    const how = `${name} is not usable: the process in which it was tried ended with ${verdict.ended}`;
    throw new OnlookerError('bundle-invalid', `${how}. Use another one, from a source that you trust.`);
  }
  if (verdict.ok) return keepTried(key);
  const { code = '', message } = verdict;
  if (isErrorCode(code)) throw new OnlookerError(code, message);
  throw new OnlookerError('bundle-invalid', `${name} is not usable (${message}). Use another one.`);
}
