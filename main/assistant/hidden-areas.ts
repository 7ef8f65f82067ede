/** Parts of a watched screen that must not be seen: who finds them is told what is watched and what the user hides. */
import type { Area, Settings } from '../../preload/contract.ts';

/** What the user hides. */
export type HidingRules = Pick<Settings, 'hiddenApps' | 'hiddenTitles' | 'hidePrivateBrowsing' | 'strictPrivacy'>;

/**
 * Looks at what is on a source until it is disposed of, and tells the areas that must be painted out, as shares of the
 * picture, whenever they change.
 */
export type HiddenAreas = (
  source: string,
  rules: HidingRules,
  onChange: (areas: readonly Area[]) => void,
) => Disposable;

/** One look at a time: a new source, or new rules, end the one before. */
export class HiddenWatch implements Disposable {
  readonly #find: HiddenAreas | undefined;
  readonly #onChange: (areas: readonly Area[]) => void;
  #current: Disposable | undefined;

  constructor(find: HiddenAreas | undefined, onChange: (areas: readonly Area[]) => void) {
    this.#find = find;
    this.#onChange = onChange;
  }

  follow(source: string, rules: HidingRules): void {
    if (!this.#find) return;
    this.#current?.[Symbol.dispose]();
    this.#current = this.#find(source, rules, this.#onChange);
  }

  /** Nothing is watched any more. */
  end(): void {
    this[Symbol.dispose]();
    this.#onChange([]);
  }

  [Symbol.dispose](): void {
    this.#current?.[Symbol.dispose]();
    this.#current = undefined;
  }
}
