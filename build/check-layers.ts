/**
 * Refuses imports that `layers.json` does not allow, and a table in docs/architecture.md that says something else;
 * `--write` writes the table anew. (Files that import each other are refused by the linter.)
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layersTable, readLayers, refusedImports, refusedOrder } from './layers.ts';

const document = 'docs/architecture.md';
const places = ['main', 'preload', 'renderer/src', 'native-models/desk-world'];

process.chdir(join(import.meta.dirname, '..'));
const layers = readLayers();
const paths = globSync(places.map((place) => `${place}/**/*.{ts,js,svelte}`)).map((path) => path.replaceAll('\\', '/'));
const refused = refusedOrder(layers);
for (const path of paths) refused.push(...refusedImports(layers, path, readFileSync(path, 'utf8')));

const text = readFileSync(document, 'utf8');
const current = text.replace(/\| folder \|.*\n(\|.*\n)*/, () => `${layersTable(layers)}\n`);
if (process.argv.includes('--write')) writeFileSync(document, current);
else if (current !== text) refused.push(`${document} has another table of folders. Run "npm run layers".`);

for (const line of refused) console.error(line);
if (refused.length > 0) process.exitCode = 1;
else console.log(`${paths.length} files import what build/layers.json allows them.`);
