/** Keeps what must not be seen out of each frame of a screen or a window. */
import { everything, type Hiding, type PrivacyRules } from './exclusions.ts';
import type { Place, ScreenGuard } from './frame.ts';
import { PrivacyGuard } from './privacy-guard.ts';
import { type SourceDescription, showsDesktop } from './source-description.ts';
import { windowLister } from './window-lister.ts';

/**
 * Milliseconds that may lie between the moment a screen is read and the moment its picture has come through ffmpeg's
 * pipe. A window that was closed in between is still on the picture.
 */
const onItsWay = 500;

/**
 * Guards a screen or a window of this desktop until it is disposed of. Undefined where nothing is to be hidden, and for
 * sources that show no desktop of ours, such as cameras and recordings.
 * @param onFiltering told whenever something begins or ceases to be hidden
 */
export function guardScreen(
  kind: SourceDescription['kind'],
  rules: Hiding,
  onFiltering: (filtering: boolean) => void = () => {},
): ScreenGuard | undefined {
  if (!showsDesktop(kind) || rules === 'none') return undefined;
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
