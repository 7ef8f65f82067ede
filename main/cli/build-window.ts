/** The window's files: made from their sources once, with the tools that `npm ci` installs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { programPath } from '../base/paths.ts';

const root = programPath('.');

/** What can be built: its sources, a file of the result, and the tool with its arguments. */
interface Build {
  readonly sources: readonly string[];
  readonly result: string;
  readonly tool: { readonly package: string; readonly script: string; readonly args: readonly string[] };
}

const window: Build = {
  sources: ['renderer', 'preload/contract.ts'],
  result: 'out/renderer/index.html',
  tool: { package: 'vite', script: 'bin/vite.js', args: ['build', '--config', 'renderer/vite.config.ts'] },
};

const desktop: Build = {
  sources: ['main', 'preload', 'renderer'],
  result: 'out/main/index.js',
  tool: { package: 'electron-vite', script: 'bin/electron-vite.js', args: ['build'] },
};

/**
 * Builds the window where it is missing or older than its sources. @param say told before the few seconds that takes
 * @throws OnlookerError `runtime-mismatch` when it cannot be built
 */
export function buildWindow(say: (line: string) => void): Promise<void> {
  return build(window, say);
}

/** Likewise, the program for Electron with its windows. @throws OnlookerError `runtime-mismatch` */
export function buildDesktop(say: (line: string) => void): Promise<void> {
  return build(desktop, say);
}

async function build({ sources, result, tool }: Build, say: (line: string) => void): Promise<void> {
  const paths = sources.map((path) => join(root, path)).filter(existsSync);
  if (!(await isNeeded(join(root, result), paths))) return;
  const program = toolPath(tool.package, tool.script);
  if (!program || paths.length === 0) {
    throw new OnlookerError(
      'runtime-mismatch',
      'The window is not built and cannot be built here. Run "npm ci" first.',
    );
  }
  say('Building the window, once; a few seconds.');
  const args = [program, ...tool.args, '--logLevel', 'error'];
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

async function isNeeded(result: string, sources: readonly string[]): Promise<boolean> {
  const made = await stat(result).catch(() => undefined);
  if (!made) return true;
  const files = await Promise.all(sources.map(filesIn)); // none: an installed program has no sources
  const times = await Promise.all(files.flat().map(async (file) => (await stat(file)).mtimeMs));
  return times.some((time) => time > made.mtimeMs);
}

async function filesIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Undefined where development tools are not installed. */
function toolPath(name: string, script: string): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), script);
  } catch {
    return undefined;
  }
}
