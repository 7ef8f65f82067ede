/** Which windows are kept from the encoder, and where that hides the picture: rules and arithmetic alone. */
import { z } from 'zod';
import { isPrivateBrowsing } from './private-browsing.ts';
import type { VisibleWindow, WindowList } from './visible-window.ts';

/** As in the settings. Names match anywhere in the application's name or the window's title, whatever their case. */
export const rulesSchema = z.strictObject({
  hiddenApps: z.array(z.string()).readonly(),
  hiddenTitles: z.array(z.string()).readonly(),
  hidePrivateBrowsing: z.boolean(),
  /** Where it cannot be told what is seen, everything is hidden. */
  strictPrivacy: z.boolean(),
});
export type PrivacyRules = z.infer<typeof rulesSchema>;

/** For a screen or a window: the rules, or the word that nothing is to be hidden, now or later. */
export const hidingSchema = z.union([z.literal('none'), rulesSchema]);
export type Hiding = z.infer<typeof hidingSchema>;

/** A rectangle of the desktop, in its pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of the picture to paint out, as shares of it (0..1). */
export interface HiddenArea extends Box {
  /** Its window could be seen there until a moment ago, when its title was another one. */
  readonly seenBefore?: boolean;
}

/** What to paint out. */
export interface Exclusions {
  readonly masks: readonly HiddenArea[];
  /** Whether something is hidden: shown to the user as a badge. */
  readonly filtering: boolean;
}

/** Hidden until the user says otherwise. */
export const passwordManagers: readonly string[] = [
  ...['1password', 'bitwarden', 'dashlane', 'enpass', 'keepass', 'keeweb', 'keeper password', 'lastpass', 'nordpass'],
  ...['proton pass', 'roboform', 'secrets', 'passwords', 'pass-gui', 'qtpass', 'seahorse', 'gnome-keyring', 'kwallet'],
  ...['pinentry', 'keychain access', 'password safe', 'pwsafe', 'buttercup', 'strongbox', 'authenticator', 'authy'],
];

export const everything: Exclusions = { masks: [{ x: 0, y: 0, width: 1, height: 1 }], filtering: true };
export const nothing: Exclusions = { masks: [], filtering: false };

/** Whether the rules ask for anything at all: else nobody needs to look at the windows. */
export function areRules({ hiddenApps, hiddenTitles, hidePrivateBrowsing, strictPrivacy }: PrivacyRules): boolean {
  return hiddenApps.length > 0 || hiddenTitles.length > 0 || hidePrivateBrowsing || strictPrivacy;
}

/**
 * What is hidden of `screen`. Every window counts, focused or not, and one that lies under another counts whole: that
 * it shows through cannot be ruled out. Windows that cannot be told hide everything when privacy is strict; so does a
 * window without name and title.
 * @param wasSeen whether a window that is hidden could be seen before; default none could
 */
export function exclude(
  windows: WindowList,
  screen: Box,
  rules: PrivacyRules,
  wasSeen: (window: VisibleWindow) => boolean = () => false,
): Exclusions {
  if (!areRules(rules)) return nothing;
  if (windows === undefined) return rules.strictPrivacy ? everything : nothing;
  const masks = windows
    .filter((window) => isHidden(window, rules))
    .flatMap((window): HiddenArea[] => {
      const mask = share(window, screen);
      return mask ? [wasSeen(window) ? { ...mask, seenBefore: true } : mask] : [];
    });
  return { masks: masks.some(isWhole) ? whole(masks) : masks, filtering: masks.length > 0 };
}

/** All of the picture, for these areas. */
export function whole(areas: readonly HiddenArea[]): readonly HiddenArea[] {
  if (!areas.some(({ seenBefore }) => seenBefore)) return everything.masks;
  return everything.masks.map((mask) => ({ ...mask, seenBefore: true }));
}

/** Whether a rule names this window. */
export function isHidden(window: VisibleWindow, rules: PrivacyRules): boolean {
  if (window.app === '' && window.title === '') return rules.strictPrivacy;
  if (isNamed(window.app, rules.hiddenApps) || isNamed(window.title, rules.hiddenTitles)) return true;
  // Where the application is not told, the title often ends with its name.
  if (window.app === '' && isNamed(window.title, rules.hiddenApps)) return true;
  return rules.hidePrivateBrowsing && isPrivateBrowsing(window);
}

function isNamed(text: string, names: readonly string[]): boolean {
  const seen = fold(text);
  return names.some((name) => name.trim() !== '' && seen.includes(fold(name.trim())));
}

/** Case, width and composition of letters do not matter: macOS decomposes Korean, for one. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function share(window: Box, screen: Box): Box | undefined {
  const left = Math.max(window.x, screen.x);
  const top = Math.max(window.y, screen.y);
  const right = Math.min(window.x + window.width, screen.x + screen.width);
  const bottom = Math.min(window.y + window.height, screen.y + screen.height);
  if (right <= left || bottom <= top) return undefined;
  return {
    x: (left - screen.x) / screen.width,
    y: (top - screen.y) / screen.height,
    width: (right - left) / screen.width,
    height: (bottom - top) / screen.height,
  };
}

function isWhole({ width, height }: Box): boolean {
  return width >= 1 && height >= 1;
}
