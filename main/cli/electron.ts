/** Electron, where its program is really there: its package comes without it and would download it when asked. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { programPath } from '../base/paths.ts';
import { buildDesktop } from './build-window.ts';

/**
 * Runs the desktop program and returns its exit code; undefined, with a line that says so, where Electron's own program
 * is not installed. @throws OnlookerError `runtime-mismatch` when the desktop program cannot be built
 */
export async function runElectron(say: (line: string) => void): Promise<number | undefined> {
  const program = electronProgram();
  if (program === undefined) {
    say("Electron's program is not installed here (npx install-electron gets it): opening the window in a browser.");
    return undefined;
  }
  await buildDesktop(say);
  const root = programPath('.');
  const child = spawn(program, [root], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 0;
}

/** Its path; undefined when it is not there. Nothing is downloaded. */
export function electronProgram(): string | undefined {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
    const name = readFileSync(join(folder, 'path.txt'), 'utf8');
    const program = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name);
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined; // without the package, or with the package alone
  }
}
