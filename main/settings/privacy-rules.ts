/** The user's privacy rules for whoever watches without a window: the command line, and programs that speak MCP. */
import { OnlookerError } from '../base/errors.ts';
import type { Hiding } from '../capture/exclusions.ts';
import { parseSource, showsDesktop } from '../capture/source-description.ts';
import { privacyRules } from './engine-options.ts';
import { readSettingsFile, settingsPath } from './settings-file.ts';

/** Told first of all where they are off. */
export const rulesAreOff =
  'Privacy rules are off (--no-privacy-rules): hidden programs, hidden titles and private windows are seen.';

/**
 * What must not be seen of a source, by the settings as they are on disk now. Of what shows no desktop that is nothing,
 * and the settings are not read.
 * @throws OnlookerError `settings-unusable` when they cannot be told: a screen is not watched without them
 */
export async function hidingFor(source: string, path: string = settingsPath()): Promise<Hiding> {
  if (!showsDesktop(parseSource(source).kind)) return 'none';
  const { settings, damaged } = await readSettingsFile(path).catch((cause: unknown) => {
    throw refused(path, 'the file cannot be opened', cause);
  });
  const rules = privacyRules(settings);
  // Another setting that is damaged says nothing of these; what is no setting is the whole file.
  const lost = damaged.filter((name) => Object.hasOwn(rules, name) || !Object.hasOwn(settings, name));
  if (lost.length > 0) throw refused(path, lost.join(', '));
  return rules;
}

function refused(path: string, why: string, cause?: unknown): OnlookerError {
  return new OnlookerError(
    'settings-unusable',
    `The privacy rules cannot be read from ${path} (${why}), so the screen is not watched. Start the window once, which sets a damaged file aside, or say --no-privacy-rules.`,
    { cause },
  );
}
