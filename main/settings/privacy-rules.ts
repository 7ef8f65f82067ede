/** The user's privacy rules for whoever watches without a window: the command line, and programs that speak MCP. */
import { OnlookerError } from '../base/errors.ts';
import type { Hiding, PrivacyRules } from '../capture/exclusions.ts';
import { parseSource, showsDesktop } from '../capture/source-description.ts';
import { privacyRules } from './engine-options.ts';
import { followSettings } from './follow-settings.ts';
import { damagedOf, readSettingsFile, settingsPath } from './settings-file.ts';

/** Told first of all where they are off. */
export const rulesAreOff =
  'Privacy rules are off (--no-privacy-rules): hidden programs, hidden titles and private windows are seen.';

const ruleNames = [
  'hiddenApps',
  'hiddenTitles',
  'hidePrivateBrowsing',
  'strictPrivacy',
] as const satisfies readonly (keyof PrivacyRules)[];

/**
 * What must not be seen of a source, by the settings as they are on disk now. Of what shows no desktop that is nothing,
 * and the settings are not read.
 * @throws OnlookerError `settings-unusable` when they cannot be told: a screen is not watched without them
 */
export async function hidingFor(source: string, path: string = settingsPath()): Promise<Hiding> {
  if (!showsDesktop(parseSource(source).kind)) return 'none';
  const read = await readSettingsFile(path).catch((cause: unknown) => {
    throw refused(path, 'the file cannot be opened', cause);
  });
  const lost = damagedOf(ruleNames, read);
  if (lost.length > 0) throw refused(path, lost.join(', '));
  return privacyRules(read.settings);
}

/** Calls `onRules` within about a second of each change of the rules on disk, until it is disposed of. */
export function followRules(onRules: (rules: PrivacyRules) => void, path?: string): Disposable {
  return followSettings(ruleNames, (settings) => onRules(privacyRules(settings)), path);
}

function refused(path: string, why: string, cause?: unknown): OnlookerError {
  return new OnlookerError(
    'settings-unusable',
    `The privacy rules cannot be read from ${path} (${why}), so the screen is not watched. Start the window once, which sets a damaged file aside, or say --no-privacy-rules.`,
    { cause },
  );
}
