import { readFileSync } from 'node:fs';
import { programPath } from './paths.ts';

interface PackageFile {
  readonly version: string;
  /** Each of one version, not of a range. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The program's version. */
export function version(): string {
  return readPackage().version;
}

/** Versions of the packages that it is made with, by name. */
export function libraryVersions(): Readonly<Record<string, string>> {
  return readPackage().dependencies;
}

function readPackage(): PackageFile {
  return JSON.parse(readFileSync(programPath('package.json'), 'utf8')) as PackageFile;
}
