/**
 * Builds the window and the desktop program into `out/`, as `npm run build` does, unless what is there is newer than all
 * it is made of. Once and before any test, because no test may find files that another one is building anew.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './built-desktop.ts';

const sources = ['main', 'preload', 'renderer'];
const results = ['out/main/index.js', 'out/renderer/overlay.html'];

export default function setup(): void {
  const built = Math.min(...results.map((path) => changedAt(join(root, path))));
  if (built > Math.max(...sources.map((path) => newest(join(root, path))))) return;
  const build = ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'error'];
  const { status, stderr } = spawnSync(process.execPath, build, { cwd: root, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`The program cannot be built, or not in silence: ${stderr}`);
}

/** 0 where there is no such file. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(folder: string): number {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...paths.map((path) => changedAt(join(folder, path))));
}
