/** What must not be seen of a source, for whoever tells the engine its masks. */
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
 * Looks at the windows on a source until it is disposed of, and tells the areas to paint out, as shares of the
 * picture, whenever they change. Everything is hidden until the first look has ended. Sources that show no desktop of
 * ours, such as cameras and recordings, hide nothing.
 */
export function watchHidden(
  source: string,
  rules: PrivacyRules,
  onChange: (areas: readonly Box[]) => void,
): Disposable {
  const described = parseSource(source);
  if (described.kind !== 'screen' && described.kind !== 'window') {
    onChange([]);
    return { [Symbol.dispose]: () => {} };
  }
  const owned = new DisposableStack();
  let screen: Box | undefined;
  const place = async () => {
    screen = await areaOf(described).catch(() => undefined);
  };
  onChange(everything.masks);
  void place().then(() => {
    if (owned.disposed) return;
    const changed = ({ masks }: { readonly masks: readonly Box[] }) => onChange(masks);
    owned.use(new PrivacyGuard({ lister: windowLister(), screen: () => screen, rules, changed }));
    const timer = setInterval(() => void place(), placeEvery);
    timer.unref();
    owned.defer(() => clearInterval(timer));
  });
  return owned;
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
