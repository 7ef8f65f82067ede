import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { programPath } from '../base/paths.ts';

export const usage = `Usage: onlooker bench [-- OPTIONS]

Measures the engine on this machine and prints one JSON line last.`;

/** `onlooker bench`: a process of its own, so that nothing else of this program is measured. */
export async function run(args: readonly string[]): Promise<number> {
  const file = programPath('tests/bench/main.ts');
  const child = spawn(process.execPath, [file, ...args.filter((arg) => arg !== '--')], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
