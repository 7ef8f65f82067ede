/** Builds the window once before the tests that open it, unless the built one is newer than everything it is made of. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default async function setup(): Promise<void> {
  if (builtAt() > newest(folder('renderer'))) return;
  await build({ configFile: folder('renderer/vite.config.ts'), logLevel: 'error' });
}

function builtAt(): number {
  return statSync(folder('out/renderer/overlay.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(where: string): number {
  const files = readdirSync(where, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((name) => statSync(join(where, name)).mtimeMs));
}
