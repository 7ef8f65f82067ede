/** The settings on disk: one JSON file, whole at every moment, in which keys of other versions survive. */
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Settings } from '../../preload/contract.ts';
import { userConfig } from '../base/data-home.ts';
import { OnlookerError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { readWhole } from '../base/read-whole.ts';
import { replaceFile } from '../base/replace-file.ts';
import { Turns } from '../base/turns.ts';
import { defaultSettings, settingSchemas } from './settings-schema.ts';

/** Most bytes of the file: every setting at its longest takes less. */
const mostBytes = 4 * 2 ** 20;

/** How the names of damaged files begin that were set aside. */
export const damagedPrefix = 'settings.damaged-';

/** The file used when none is named. */
export function settingsPath(): string {
  return join(userConfig(), 'settings.json');
}

export class SettingsFile {
  readonly path: string;
  /** What had to be set aside when it was opened, in a sentence; undefined when all of it could be read. */
  readonly problem: string | undefined;
  readonly #turns = new Turns();
  #settings: Settings;
  /** Keys that this version does not know. */
  #unknown: Readonly<Record<string, unknown>>;
  /** Tells whether the file is the one that was read or written last; undefined where there is none. */
  #state: string | undefined;

  private constructor(path: string, read: ReadSettings, state: string | undefined, problem?: string) {
    this.path = path;
    this.#state = state;
    this.problem = problem;
    this.#settings = read.settings;
    this.#unknown = read.unknown;
  }

  /**
   * Reads the file; where there is none, settings are the defaults. A damaged one is set aside under another name, and
   * what could be read of it counts. @throws OnlookerError `settings-unusable` when it is there and cannot be read
   */
  static async open(path: string = settingsPath()): Promise<SettingsFile> {
    const state = await stateOf(path);
    const read = readSettings((await readText(path)) ?? '{}');
    if (read.damaged.length === 0) return new SettingsFile(path, read, state);
    const aside = join(dirname(path), `${damagedPrefix}${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`);
    await rename(path, aside).catch((cause) => {
      throw unusable(path, 'set aside', cause);
    });
    const what = read.damaged.join(', ');
    return new SettingsFile(
      path,
      read,
      undefined,
      `The settings were damaged (${what}): defaults stand in. The old file is ${aside}.`,
    );
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Keeps a change; when it resolves it is on disk. @throws OnlookerError `settings-unusable`, and nothing changed */
  change(change: Partial<Settings>): Promise<Settings> {
    return this.#turns.run(async () => {
      await this.#readAgain();
      const settings = { ...this.#settings, ...change };
      await writeWhole(this.path, `${JSON.stringify({ ...this.#unknown, ...settings }, null, 2)}\n`);
      this.#settings = settings;
      this.#state = await stateOf(this.path);
      return settings;
    });
  }

  /** Takes over what another program has written since. Returns whether there was anything. Never throws. */
  refresh(): Promise<boolean> {
    return this.#turns.run(() => this.#readAgain());
  }

  async #readAgain(): Promise<boolean> {
    const state = await stateOf(this.path);
    if (state === undefined || state === this.#state) return false;
    const read = await readText(this.path).then(
      (text) => text !== undefined && readSettings(text),
      () => undefined, // whoever changes a setting next is told
    );
    // What is damaged is set aside at the next start; until then what is known holds.
    if (!read || read.damaged.length > 0) return false;
    this.#settings = read.settings;
    this.#unknown = read.unknown;
    this.#state = state;
    return true;
  }
}

/** Tells one state of the file from another; undefined where there is none. */
export async function stateOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.ino} ${found.mtimeMs} ${found.size}`;
}

/**
 * The settings as they are on disk now, for whoever does not change them: a damaged file stays where it is, and what can
 * be read of it counts. @throws OnlookerError `settings-unusable` when it is there and cannot be read
 */
export async function readSettingsFile(path: string = settingsPath()): Promise<ReadSettings> {
  return readSettings((await readText(path)) ?? '{}');
}

/** Undefined where there is no file. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readWhole(path, mostBytes)).toString('utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, 'read', cause);
  }
}

export interface ReadSettings {
  readonly settings: Settings;
  /** Keys that this version does not know. */
  readonly unknown: Readonly<Record<string, unknown>>;
  /** Names of the settings that could not be read. */
  readonly damaged: readonly string[];
}

/** What keeps the settings of these names from being read: their own damage, or that of the whole file. */
export function damagedOf(names: readonly string[], { settings, damaged }: ReadSettings): readonly string[] {
  return damaged.filter((name) => names.includes(name) || !Object.hasOwn(settings, name));
}

/** Setting by setting: one that is damaged takes no other with it. */
function readSettings(text: string): ReadSettings {
  const values = jsonObject(text);
  if (!values) return { settings: defaultSettings, unknown: {}, damaged: ['it is not a JSON object'] };
  const known: Record<string, unknown> = {};
  const damaged: string[] = [];
  for (const [name, schema] of Object.entries(settingSchemas)) {
    if (!Object.hasOwn(values, name)) continue;
    const parsed = schema.safeParse(values[name]);
    if (parsed.success) known[name] = parsed.data;
    else damaged.push(name);
  }
  const unknown = Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(settingSchemas, name)));
  return { settings: { ...defaultSettings, ...known }, unknown, damaged };
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said by the caller: it is set aside.
  }
  return undefined;
}

/** For its owner only: a password may be in it. */
async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(path, [text]);
  } catch (cause) {
    throw unusable(path, 'written', cause);
  }
}

function unusable(path: string, what: string, cause: unknown): OnlookerError {
  const message = `The settings in ${path} cannot be ${what}. Check permissions and room on the disk.`;
  return new OnlookerError('settings-unusable', message, { cause });
}
