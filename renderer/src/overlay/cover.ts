import type { Area } from '../../../preload/contract.ts';

/** At most twice a second; browsers tell nobody that a window was moved. */
const everyMs = 500;
/** Share of the screen above which a window is not painted out: all that is watched would be hidden. */
const blinding = 0.8;

/**
 * Reports where this window lies on its screen whenever that changes, and null when it is hidden or gone.
 * @returns what ends it
 */
export function reportCover(report: (area: Area | null) => void): () => void {
  let last = '';
  const look = () => {
    const area = document.visibilityState === 'visible' ? areaOfWindow() : null;
    const now = JSON.stringify(area);
    if (now === last) return;
    last = now;
    report(area);
  };
  look();
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    report(null);
  };
}

function areaOfWindow(): Area | null {
  // Not in the DOM's types: where the screen of this window begins among several.
  const { width, height, availLeft = 0, availTop = 0 } = screen as Screen & { availLeft?: number; availTop?: number };
  const share = (value: number, whole: number) => Math.min(1, Math.max(0, value / whole));
  const left = share(window.screenX - availLeft, width);
  const top = share(window.screenY - availTop, height);
  const right = share(window.screenX - availLeft + window.outerWidth, width);
  const bottom = share(window.screenY - availTop + window.outerHeight, height);
  // Painted out, nothing would be left to watch. It is on the other screen then, or its user knows what is seen.
  if ((right - left) * (bottom - top) > blinding) return null;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
