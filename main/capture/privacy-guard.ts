/**
 * Keeps excluded windows from the encoder.
 *
 * A list of windows is always a little older or younger than a frame, so that neither alone can be trusted: a window
 * that opens between the look and the capture would be on the frame and not in the list. A frame is therefore judged
 * between two looks: `before` was taken before it was captured and `after` was begun afterwards. What either of them
 * hides is hidden. A window seen in neither would have had to open, be captured and close again between the two; that
 * much, a fraction of a second, no polling can rule out.
 *
 * Fail closed: until the look behind a frame has ended, `masksFor` does not answer, and the frame must wait; a look
 * that fails or takes too long counts as unknown. Unknown hides everything when privacy is strict. When it is not, what
 * was hidden last stays hidden where it was, and the picture goes on.
 *
 * A frame may say which part of the desktop it shows. Where that is a window, it counts where both looks have seen it; if
 * it was moved between them, what it shows is not known.
 *
 * Windows that move are hidden where they were and where they are, with some margin: a window drags its picture after
 * it by a frame or two.
 *
 * Where a window was seen before its title was one to hide, the picture from before shows that window: its area says so.
 */
import {
  areRules,
  type Box,
  type Exclusions,
  everything,
  exclude,
  type HiddenArea,
  isHidden,
  nothing,
  type PrivacyRules,
  whole,
} from './exclusions.ts';
import type { Place } from './frame.ts';
import { settled } from './hidden-areas.ts';
import type { VisibleWindow, WindowList } from './visible-window.ts';
import type { WindowLister } from './window-lister.ts';

/** Milliseconds between two looks while nobody asks; cheap: a process or two, a few milliseconds each. */
const lookEvery = 300;
/** Milliseconds a look may take before it counts as failed. */
const patience = 2000;
/** Looks that are remembered: frames that wait may be some seconds old. */
const keptLooks = 40;
/** Added around each mask, as a share of the screen. */
const margin = 0.004;

interface Look {
  readonly startedAt: number;
  readonly endedAt: number;
  /** What was seen, and the rules that held then. */
  readonly windows: WindowList;
  readonly rules: PrivacyRules;
}

export interface GuardOptions {
  readonly lister: WindowLister;
  /** The part of the desktop that is captured where frames do not say it; undefined: not known, which hides more. */
  readonly screen: () => Place | undefined;
  readonly rules: PrivacyRules;
  /** Told whenever what is hidden changes. */
  readonly changed?: (exclusions: Exclusions) => void;
  /** Milliseconds; for tests. */
  readonly lookEvery?: number;
}

export class PrivacyGuard implements Disposable {
  readonly #options: GuardOptions;
  readonly #timer: NodeJS.Timeout;
  #rules: PrivacyRules;
  /** The newest last. */
  #looks: Look[] = [];
  #looking: Promise<Look> | undefined;
  #told = '';
  #closed = false;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.#timer = setInterval(() => void this.#look(), options.lookEvery ?? lookEvery);
    this.#timer.unref();
  }

  /** New rules hide at once; what they no longer hide is shown from the next look on. */
  set rules(rules: PrivacyRules) {
    this.#rules = rules;
    void this.#freshLook(performance.now());
  }

  /** What is hidden of a picture taken now, by the last look. For status, not for frames. */
  get exclusions(): Exclusions {
    const last = this.#looks.at(-1);
    if (last) return judge([last], this.#options.screen());
    return areRules(this.#rules) ? everything : { masks: [], filtering: false };
  }

  /**
   * What to hide of a frame. Resolves once a look that began after `capturedAt` has ended; rejects never.
   * @param capturedAt when it was captured at the latest, `performance.now()` milliseconds of this process
   * @param earliest when it may have been captured already; default then
   * @param place the part of the desktop it shows; default what `screen` says
   */
  async masksFor(capturedAt: number, earliest = capturedAt, place = this.#options.screen()): Promise<Exclusions> {
    if (!areRules(this.#rules)) return { masks: [], filtering: false };
    const after = this.#looks.find(({ startedAt }) => startedAt >= capturedAt) ?? (await this.#freshLook(capturedAt));
    const before = this.#looks.findLast(({ endedAt }) => endedAt <= earliest);
    const between = this.#looks.filter(({ startedAt, endedAt }) => endedAt > earliest && startedAt < capturedAt);
    if (!before) return everything;
    const known = this.#looks.slice(0, this.#looks.indexOf(after) + 1);
    const wasSeen = ({ id }: VisibleWindow) => couldBeSeen(known, id, capturedAt - 1000 * settled);
    const { masks, filtering } = judge([before, ...between, after], place, wasSeen);
    return { masks: masks.map(widen), filtering };
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#options.lister[Symbol.dispose]();
  }

  /** A look that began at `since` or later. */
  async #freshLook(since: number): Promise<Look> {
    for (;;) {
      const look = await this.#look();
      if (look.startedAt >= since) return look;
    }
  }

  /** One look at a time: whoever asks meanwhile shares it. */
  #look(): Promise<Look> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<Look> {
    const startedAt = performance.now();
    const rules = this.#rules;
    const windows = this.#closed || !areRules(rules) ? undefined : await this.#listInTime();
    const seen = { windows, rules: this.#rules };
    // Where privacy is not strict, what was seen last counts for what cannot be told now.
    const { windows: counted, rules: under } =
      windows === undefined && areRules(rules) && !seen.rules.strictPrivacy
        ? (this.#looks.at(-1) ?? { ...seen, windows: [] })
        : seen;
    const look = { startedAt, endedAt: performance.now(), windows: counted, rules: under };
    this.#looks = [...this.#looks, look].slice(-keptLooks);
    const { exclusions } = this;
    const told = JSON.stringify(exclusions);
    if (told !== this.#told && !this.#closed) this.#options.changed?.(exclusions);
    this.#told = told;
    return look;
  }

  async #listInTime(): Promise<WindowList> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), patience);
    try {
      return await Promise.race([this.#options.lister.look((window) => isHidden(window, this.#rules)), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What is hidden of a frame that was captured between these looks. */
function judge(
  looks: readonly Look[],
  place: Place | undefined,
  wasSeen?: (window: VisibleWindow) => boolean,
): Exclusions {
  const screen = place && 'window' in place ? unmoved(looks, place.window) : place;
  return looks.map((look) => exclusionsOf(look, screen, wasSeen)).reduce(union);
}

function exclusionsOf(
  { windows, rules }: Look,
  screen: Box | undefined,
  wasSeen?: (window: VisibleWindow) => boolean,
): Exclusions {
  if (!areRules(rules)) return nothing;
  if (screen) return exclude(windows, screen, rules, wasSeen);
  // Where the picture is taken from is not known: a window that must be hidden may be anywhere in it.
  const anywhere = windows && exclude(windows, bounds(windows), rules, wasSeen);
  if (!anywhere) return everything;
  return anywhere.filtering ? { ...everything, masks: whole(anywhere.masks) } : anywhere;
}

/**
 * Whether a window that is hidden now was already there at that time, and was not hidden yet: looks reach back some
 * seconds, and the newest counts.
 */
function couldBeSeen(looks: readonly Look[], id: string, at: number): boolean {
  const find = ({ windows }: Look) => windows?.find((window) => window.id === id);
  const newest = looks.findLastIndex(find);
  const absent = looks.slice(0, Math.max(0, newest)).findLastIndex((look) => look.windows && !find(look));
  if (absent >= 0 && looks[absent]!.startedAt >= at) return false;
  return looks.slice(absent + 1, newest + 1).some((look) => {
    const window = find(look);
    return window && !isHidden(window, look.rules);
  });
}

/** Where a window was at every look; undefined when one did not see it, or elsewhere. */
function unmoved(looks: readonly Look[], id: string): Box | undefined {
  const boxes = looks.map(({ windows }) =>
    windows?.flatMap((window) => [window, ...(window.inside ?? [])]).find((window) => window.id === id),
  );
  const [box] = boxes;
  const same = boxes.every((other) => other && box && sameBox(other, box));
  return same ? box : undefined;
}

function sameBox(a: Box, b: Box): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Hides what either of them hides. */
export function union(a: Exclusions, b: Exclusions): Exclusions {
  const known = new Set<string>();
  const masks = [...a.masks, ...b.masks].filter((mask) => {
    const key = JSON.stringify(mask);
    return !known.has(key) && known.add(key);
  });
  return { masks, filtering: a.filtering || b.filtering };
}

function widen(area: HiddenArea): HiddenArea {
  const { x, y, width, height } = area;
  const left = Math.max(0, x - margin);
  const top = Math.max(0, y - margin);
  const right = Math.min(1, x + width + margin);
  const bottom = Math.min(1, y + height + margin);
  return { ...area, x: left, y: top, width: right - left, height: bottom - top };
}

function bounds(windows: NonNullable<WindowList>): Box {
  const x = Math.min(0, ...windows.map((window) => window.x));
  const y = Math.min(0, ...windows.map((window) => window.y));
  const right = Math.max(1, ...windows.map((window) => window.x + window.width));
  const bottom = Math.max(1, ...windows.map((window) => window.y + window.height));
  return { x, y, width: right - x, height: bottom - y };
}
