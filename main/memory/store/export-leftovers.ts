/**
 * What an export leaves that is killed: a folder that is not encrypted, wherever it was to go. So that it can be found, the
 * memory has a note of every export under way.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseJson } from '../../base/json.ts';

const note = /^export-[0-9a-f-]{36}\.json$/;
/** A temporary folder of an export; nothing else may be removed, whatever a note says. */
const temporaryFolder = /\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.part$/;
/** No export takes so long; after that the process of its number is another one. Milliseconds. */
const longest = 24 * 3_600_000;

/** Says that an export is under way, before its folder is made. */
export async function noteExport(memory: string, temporary: string): Promise<void> {
  const text = JSON.stringify({ folder: temporary, process: process.pid, startedAt: Date.now() });
  await writeFile(notePath(memory, temporary), text, { mode: 0o600 });
}

/** Its folder is complete, or gone. */
export async function forgetExport(memory: string, temporary: string): Promise<void> {
  await rm(notePath(memory, temporary), { force: true });
}

/** Removes the folders of exports whose process has ended. */
export async function removeLeftovers(memory: string): Promise<void> {
  const names = await readdir(memory).catch(() => []);
  for (const name of names.filter((each) => note.test(each))) {
    const path = join(memory, name);
    const { folder, process: owner, startedAt } = readNote(await readFile(path, 'utf8').catch(() => ''));
    if (isUnderWay(owner, startedAt)) continue;
    if (temporaryFolder.test(folder)) await rm(folder, { recursive: true, force: true }).catch(() => {});
    await rm(path, { force: true });
  }
}

function notePath(memory: string, temporary: string): string {
  return join(memory, `export-${temporaryFolder.exec(basename(temporary))?.[1]}.json`);
}

/** A note that was cut short by the kill has no folder yet. */
function readNote(text: string): { folder: string; process: number; startedAt: number } {
  try {
    const { folder, process, startedAt } = parseJson(text) as Record<string, unknown>;
    return { folder: String(folder), process: Number(process), startedAt: Number(startedAt) };
  } catch {
    return { folder: '', process: Number.NaN, startedAt: 0 };
  }
}

function isUnderWay(owner: number, startedAt: number): boolean {
  if (!Number.isSafeInteger(owner) || owner <= 0 || Math.abs(Date.now() - startedAt) > longest) return false;
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    // It is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
