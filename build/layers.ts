/**
 * Which folder may import which, and what outside the project it may touch: `layers.json`, from the bottom to the top. A
 * folder may only be allowed what stands before it, so that no two depend on each other.
 */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

export interface Layer {
  /** What the folder is for, in one sentence. */
  readonly idea: string;
  /** Folders of the project that it may import. */
  readonly imports?: readonly string[];
  /** Packages and modules of Node that it may load. */
  readonly touches?: readonly string[];
}

export interface Layers {
  /** What every folder may load: it reaches nothing outside the process. */
  readonly free: readonly string[];
  readonly layers: Readonly<Record<string, Layer>>;
}

export function readLayers(): Layers {
  return JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8'));
}

/** A sentence for every import of a file that its folder is not allowed. @param path from the project's folder */
export function refusedImports({ free, layers }: Layers, path: string, source: string): string[] {
  const folder = folderOf(layers, path);
  if (folder === undefined) return [`${path} lies in no folder of build/layers.json. Give its folder an entry there.`];
  const { imports = [], touches = [] } = layers[folder]!;
  const refusal = (name: string, list: string, what = name) =>
    `${path} imports ${name}: build/layers.json does not list ${what} in "${list}" of ${folder}.`;
  return importsOf(source).flatMap((name) => {
    if (!name.startsWith('.')) {
      return [...free, ...touches].some((each) => isWithin(name, each)) ? [] : [refusal(name, 'touches')];
    }
    const target = posix.join(posix.dirname(path), name);
    const of = folderOf(layers, target) ?? target;
    return of === folder || imports.includes(of) ? [] : [refusal(target, 'imports', of)];
  });
}

/** A sentence for every folder that is allowed one that does not stand before it: two might come to need each other. */
export function refusedOrder({ layers }: Layers): string[] {
  const before = new Set<string>();
  return Object.entries(layers).flatMap(([folder, { imports = [] }]) => {
    const wrong = imports.filter((each) => !before.has(each));
    before.add(folder);
    return wrong.map((each) => `build/layers.json: ${folder} may not import ${each}, which does not stand before it.`);
  });
}

/** The table of docs/architecture.md. */
export function layersTable({ layers }: Layers): string {
  const short = (folder: string) => `\`${folder.replace(/^main\//, '')}\``;
  const rows = Object.entries(layers).map(([folder, { idea, imports = [], touches = [] }]) => {
    const outside = touches.map((each) => `\`${each.replace(/^node:/, '')}\``);
    return `| \`${folder}\` | ${idea} | ${imports.map(short).join(' ')} | ${outside.join(' ')} |`;
  });
  return ['| folder | idea | may import | may touch |', '|---|---|---|---|', ...rows].join('\n');
}

function folderOf(layers: Layers['layers'], path: string): string | undefined {
  const all = Object.keys(layers).filter((folder) => isWithin(path, folder));
  return all.sort((a, b) => b.length - a.length)[0];
}

/** Static, dynamic and types alone; and what a function loads that Node's `createRequire` made. */
function importsOf(source: string): string[] {
  const found = ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
  const required = [...source.matchAll(/createRequire\(import\.meta\.url\)\('([^']+)'\)/g)].map(([, name]) => name!);
  return [...found, ...required];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
