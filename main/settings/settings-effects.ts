import type { Settings } from '../../preload/contract.ts';

/** What a change of settings brings about, beyond what the engine takes while it runs. */
export interface SettingsEffects {
  /** How long and how much the memory keeps. */
  readonly limits: boolean;
  /** Watching ends, begins with another source, or begins again. */
  readonly watching: 'none' | 'stop' | 'watch' | 'restart';
}

/** Compares settings before and after a change. */
export function settingsEffects(before: Settings, after: Settings): SettingsEffects {
  const differs = (...names: readonly (keyof Settings)[]) =>
    names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const watchingOf = () => {
    if (differs('source')) return after.source === null ? 'stop' : 'watch';
    const keeps = ({ remember }: Settings) => remember === true;
    return differs('bundle') || keeps(before) !== keeps(after) ? 'restart' : 'none';
  };
  return {
    limits: differs('keepDays', 'keepGb'),
    watching: watchingOf(),
  };
}
