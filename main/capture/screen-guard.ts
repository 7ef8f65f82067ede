/** Keeps what must not be seen out of each frame of a screen or a window. */
import { type Box, everything, type PrivacyRules } from './exclusions.ts';
import type { Place } from './frame.ts';
import { PrivacyGuard } from './privacy-guard.ts';
import { parseSource } from './source-description.ts';
import { windowLister } from './window-lister.ts';

/**
 * Milliseconds that may lie between the moment a screen is read and the moment its picture has come through ffmpeg's
 * pipe. A window that was closed in between is still on the picture.
 */
const onItsWay = 500;

export interface ScreenGuard extends Disposable {
  /** Other rules, from the next frame on. */
  rules: PrivacyRules;
  /**
   * What to paint out of a frame, as shares of the picture; waits until that is known.
   * @param capturedAt when it left the source, `performance.now()` milliseconds of this process
   * @param place what it shows; where that is not known, a window to be hidden anywhere hides everything
   */
  masksFor(capturedAt: number, place?: Place): Promise<readonly Box[]>;
}

/**
 * Guards a screen or a window of this desktop until it is disposed of. Undefined for sources that show no desktop of
 * ours, such as cameras and recordings.
 * @param onFiltering told whenever something begins or ceases to be hidden
 */
export function guardScreen(
  source: string,
  rules: PrivacyRules,
  onFiltering: (filtering: boolean) => void = () => {},
): ScreenGuard | undefined {
  const described = parseSource(source);
  if (described.kind !== 'screen' && described.kind !== 'window') return undefined;
  const owned = new DisposableStack();
  /** What the newest frame shows: for the status. */
  let shown: Place | undefined;
  const changed = ({ filtering }: { readonly filtering: boolean }) => onFiltering(filtering);
  const guard = owned.use(new PrivacyGuard({ lister: windowLister(), screen: () => shown, rules, changed }));
  return {
    set rules(rules: PrivacyRules) {
      guard.rules = rules;
    },
    async masksFor(capturedAt, place) {
      shown = place;
      const { masks } = await guard.masksFor(capturedAt, capturedAt - onItsWay, place);
      return owned.disposed ? everything.masks : masks;
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}
