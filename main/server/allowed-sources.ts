/** What a program may watch through MCP: what the user has consented to, beforehand or when asked. */
import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { OnlookerError } from '../base/errors.ts';
import { parseWatchable, showsDesktop, sourceName } from '../capture/source-description.ts';
import { oneLine } from '../output/clean-text.ts';

/** What the user has allowed beforehand. */
export interface Consent {
  /** Sources, and folders of recordings, one by one. */
  readonly sources: readonly string[];
  /** Every screen and window. */
  readonly desktop: boolean;
}

export interface AllowedSourcesOptions {
  /** Asked each time, because the user may change it. */
  readonly consent: () => Promise<Consent>;
  /** Asks the user, where there is a way to. Default: nobody is asked, and the answer is no. */
  readonly ask?: ((source: string) => Promise<boolean>) | undefined;
}

export class AllowedSources {
  readonly #options: AllowedSourcesOptions;
  /** What the user has answered since the program began, by place: a link that is turned elsewhere is asked about again. */
  readonly #answers = new Map<string, boolean>();

  constructor(options: AllowedSourcesOptions) {
    this.#options = options;
  }

  /** Whether the source may be watched by what is known now: nobody is asked. @throws OnlookerError `usage` for no source */
  async allows(source: string): Promise<boolean> {
    const wanted = await placeOf(source);
    const { sources, desktop } = await this.#options.consent();
    if (desktop && showsDesktop(parseWatchable(source).kind)) return true;
    for (const allowed of sources) {
      if (covers(await placeOf(allowed).catch(() => undefined), wanted)) return true;
    }
    return this.#answers.get(JSON.stringify(wanted)) ?? false;
  }

  /** @throws OnlookerError `usage` for a source that may not be watched, and for none */
  async check(source: string): Promise<void> {
    if (await this.allows(source)) return;
    const place = JSON.stringify(await placeOf(source));
    if (!this.#answers.has(place) && this.#options.ask) this.#answers.set(place, await this.#options.ask(source));
    if (this.#answers.get(place)) return;
    throw new OnlookerError(
      'usage',
      `"${shown(source)}" may not be watched by other programs. The user allows it in Onlooker's settings ("Memory and privacy", "Other programs may watch" or the sources below it), or with "onlooker mcp --allow SOURCE".`,
    );
  }
}

/** A source as messages name it. */
export function shown(source: string): string {
  return oneLine(sourceName(source)).slice(0, 200);
}

/** A file by its real path, so that no link leads out of an allowed folder; any other source as it is written. */
async function placeOf(source: string): Promise<{ readonly kind: string; readonly name: string }> {
  const described = parseWatchable(source);
  // A path of another machine is not followed: asking for it would already tell that machine who asks.
  if (described.kind !== 'file' || /^[\\/]{2}/.test(described.path)) return { kind: 'other', name: source };
  const path = resolve(described.path);
  return { kind: 'file', name: await realpath(path).catch(() => path) }; // what is not there is told by who opens it
}

type Place = Awaited<ReturnType<typeof placeOf>>;

function covers(allowed: Place | undefined, wanted: Place): boolean {
  if (allowed?.kind !== wanted.kind) return false;
  if (allowed.name === wanted.name) return true;
  const folder = allowed.name.endsWith(sep) ? allowed.name : allowed.name + sep;
  return wanted.kind === 'file' && wanted.name.startsWith(folder);
}
