/** Makes what the engine is begun with out of the settings: in this one place, whoever has something watched. */
import type { Settings } from '../../preload/contract.ts';
import type { PrivacyRules } from '../capture/exclusions.ts';
import type { Mask } from '../capture/masks.ts';
import type { LiveSettings, MemoryChoice, WatchOptions } from '../engine/engine.ts';

/** What decides beside the settings. */
export interface Circumstances {
  /** Painted out, as shares of the picture (0..1). */
  readonly masks: readonly Mask[];
  /** Says nothing unasked. */
  readonly silent: boolean;
  /** Looks less often, to save power. */
  readonly saving: boolean;
}

/** What must not be seen of a screen or a window. */
export function privacyRules(settings: PrivacyRules): PrivacyRules {
  const { hiddenApps, hiddenTitles, hidePrivateBrowsing, strictPrivacy } = settings;
  return { hiddenApps, hiddenTitles, hidePrivateBrowsing, strictPrivacy };
}

/** How much a memory keeps, as it counts it. */
export function retentionLimits({ keepDays, keepGb }: Pick<Settings, 'keepDays' | 'keepGb'>) {
  return { keepDays, keepBytes: Math.round(keepGb * 1e9) };
}

/** What may change while it is watched. */
export function liveSettings(settings: Settings, { masks, silent, saving }: Circumstances): LiveSettings {
  const { instruction, theta, chattiness } = settings;
  return {
    ...{ instruction, theta, masks },
    chattiness: silent ? 0 : chattiness,
    pace: saving ? 'saving' : 'full',
    hiding: privacyRules(settings),
  };
}

/** All that a watch begins with. `memory`: where it is kept, if the settings want it kept. */
export function watchOptions(
  source: string,
  settings: Settings,
  circumstances: Circumstances,
  memory: Pick<MemoryChoice, 'folder' | 'key'> | undefined,
): WatchOptions {
  const { bundle } = settings;
  return {
    ...liveSettings(settings, circumstances),
    ...{ source, bundle, installedOnly: true, previews: true },
    ...(memory && { memory: { ...retentionLimits(settings), ...memory } }),
  };
}
