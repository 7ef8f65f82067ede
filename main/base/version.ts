import { readFileSync } from 'node:fs';
import { programPath } from './paths.ts';

/** The program's version. */
export function version(): string {
  const text = readFileSync(programPath('package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
