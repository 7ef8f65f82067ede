/** Keeps what must not be seen out of each frame of a screen: the privacy guard, with the screen's place under it. */
import { findMonitor } from './displays.ts';
import { type Box, everything, type PrivacyRules } from './exclusions.ts';
import { findFfmpeg } from './ffmpeg-binary.ts';
import { PrivacyGuard } from './privacy-guard.ts';
import { parseSource } from './source-description.ts';
import { windowLister } from './window-lister.ts';
import { findWindow } from './windows.ts';

/** Milliseconds between two looks at where the captured part of the desktop lies. */
const placeEvery = 2000;
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
   */
  masksFor(capturedAt: number): Promise<readonly Box[]>;
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
  let screen: Box | undefined;
  const place = async () => {
    screen = await areaOf(described).catch(() => undefined);
  };
  const placed = place();
  const timer = setInterval(() => void place(), placeEvery);
  timer.unref();
  owned.defer(() => clearInterval(timer));
  const changed = ({ filtering }: { readonly filtering: boolean }) => onFiltering(filtering);
  const guard = owned.use(new PrivacyGuard({ lister: windowLister(), screen: () => screen, rules, changed }));
  return {
    set rules(rules: PrivacyRules) {
      guard.rules = rules;
    },
    async masksFor(capturedAt) {
      await placed;
      const { masks } = await guard.masksFor(capturedAt, capturedAt - onItsWay);
      return owned.disposed ? everything.masks : masks;
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** Only X11 tells where things are; elsewhere it stays unknown, and a hidden window anywhere hides everything. */
async function areaOf(
  source:
    | { readonly kind: 'screen'; readonly monitor: number | undefined }
    | { readonly kind: 'window'; readonly title: string },
): Promise<Box | undefined> {
  if (process.platform === 'win32' || process.platform === 'darwin') return undefined;
  const { path, modern } = await findFfmpeg();
  const display = process.env.DISPLAY;
  if (source.kind === 'screen') return findMonitor(path, display, source.monitor);
  return (await findWindow(path, display, source.title, modern)).area;
}
