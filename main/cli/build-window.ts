/** The window's files: made from their sources once, with the tools that `npm ci` installs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OnlookerError } from '../errors.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = join(root, 'renderer');
const built = join(root, 'out/renderer/index.html');

/**
 * Builds the window where it is missing or older than its sources. @param say told before the few seconds that takes
 * @throws OnlookerError `runtime-mismatch` when it cannot be built
 */
export async function buildWindow(say: (line: string) => void): Promise<void> {
  if (!(await isNeeded())) return;
  const vite = viteProgram();
  if (!vite || !existsSync(sources)) {
    throw new OnlookerError(
      'runtime-mismatch',
      'The window is not built and cannot be built here. Run "npm ci" first.',
    );
  }
  say('Building the window, once; a few seconds.');
  const args = [vite, 'build', '--config', join(sources, 'vite.config.ts'), '--logLevel', 'error'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const [code] = await once(child, 'close');
  if (code === 0) return;
  throw new OnlookerError('runtime-mismatch', 'The window cannot be built. Run "npm ci" and try again.', {
    cause: new Error(complaint.trim()),
  });
}

async function isNeeded(): Promise<boolean> {
  const made = await stat(built).catch(() => undefined);
  if (!made) return true;
  if (!existsSync(sources)) return false; // an installed program has no sources
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  return times.some((time) => time > made.mtimeMs);
}

/** Undefined where development tools are not installed. */
function viteProgram(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  } catch {
    return undefined;
  }
}
