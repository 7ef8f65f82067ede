import type { Area } from '../../../preload/contract.ts';

/** At most twice a second; browsers tell nobody that a window was moved. */
const everyMs = 500;

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

function areaOfWindow(): Area {
  // Not in the DOM's types: where the screen of this window begins among several.
  const { width, height, availLeft = 0, availTop = 0 } = screen as Screen & { availLeft?: number; availTop?: number };
  const share = (value: number, whole: number) => Math.min(1, Math.max(0, value / whole));
  const left = share(window.screenX - availLeft, width);
  const top = share(window.screenY - availTop, height);
  const right = share(window.screenX - availLeft + window.outerWidth, width);
  const bottom = share(window.screenY - availTop + window.outerHeight, height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}
