/**
 * The speaking policy: rules on top of the model's decision. The model says how sure it is that silence is right; the
 * policy turns that into speaking or not, and always names its reason.
 */
import type { SpeakingReason } from './events.ts';
import type { SessionState } from './snapshot-header.ts';

/** How much it talks: 0 never speaks unasked, 2 is the bundle's calibration, 4 speaks at the slightest cause. */
export type Chattiness = 0 | 1 | 2 | 3 | 4;

export interface PolicySettings {
  /** Silent if p(silence) >= theta. */
  readonly theta: number;
  /** p(silence) that must be seen once after a narration before the next; null = off. */
  readonly rearm: number | null;
  /** Seconds of media time after a narration in which no other is said. */
  readonly refractorySeconds: number;
  /** Seconds in which a near-copy of a recent narration is not said again; 0 = off. */
  readonly repeatSeconds: number;
}

/** What a snapshot keeps of the policy. */
export type PolicyState = SessionState['policy'];

/** Similarity of two texts above which one is a near-copy of the other. */
const nearCopy = 0.9;
/** Narrations remembered for the repeat check. */
const recentNarrations = 8;

export class SpeakingPolicy {
  readonly #calibrated: PolicySettings;
  #settings: PolicySettings;
  #muted: boolean;
  #armed = true;
  #recent: { t: number; text: string }[] = [];

  constructor(settings: PolicySettings, chattiness: Chattiness = 2) {
    this.#calibrated = settings;
    this.#settings = atLevel(settings, chattiness);
    this.#muted = chattiness === 0;
  }

  /** Other thresholds from the next frame on; what was said is remembered. */
  change(theta: number, chattiness: Chattiness): void {
    this.#settings = atLevel({ ...this.#calibrated, theta }, chattiness);
    this.#muted = chattiness === 0;
  }

  /** Decides one frame; `'spoke'` means that a reply is to be generated. To be called once a frame, in order. */
  decide(t: number, pSilent: number): SpeakingReason {
    const { theta, rearm, refractorySeconds } = this.#settings;
    if (rearm === null || pSilent >= rearm) this.#armed = true;
    if (this.#muted) return 'muted';
    if (pSilent >= theta) return 'silent';
    if (!this.#armed) return 'rearm';
    const last = this.#recent.at(-1);
    if (last && t - last.t < refractorySeconds) return 'refractory';
    return 'spoke';
  }

  /** Whether `text` was said, nearly so, a moment ago. */
  isRepeat(t: number, text: string): boolean {
    return this.#recent.some(
      (said) => t - said.t < this.#settings.repeatSeconds && similarity(said.text, text) >= nearCopy,
    );
  }

  /** Whether a narration that begins like this may still become a copy of what was said a moment ago. */
  mayRepeat(t: number, begun: string): boolean {
    const words = wordsOf(begun).join(' ');
    return this.#recent.some(
      (said) => t - said.t < this.#settings.repeatSeconds && wordsOf(said.text).join(' ').startsWith(words),
    );
  }

  /** Records a narration that was said, or that was held back as a repeat (`text` null: nothing new was said). */
  narrated(t: number, text: string | null): void {
    if (this.#settings.rearm !== null) this.#armed = false;
    if (text !== null) this.#recent = [...this.#recent, { t, text }].slice(-recentNarrations);
  }

  /** Drops what was said in a span of media time that is being forgotten. */
  forget(from: number, to: number): void {
    this.#recent = this.#recent.filter((said) => said.t < from || said.t > to);
  }

  /** What p(silence) is compared with: the theta that was set, moved by the chattiness. */
  get theta(): number {
    return this.#settings.theta;
  }

  get state(): PolicyState {
    return { armed: this.#armed, recent: this.#recent };
  }

  restore(state: PolicyState): void {
    this.#armed = state.armed;
    this.#recent = [...state.recent];
  }
}

/** The bundle's calibration, moved towards silence (1) or speech (3, 4). */
function atLevel(settings: PolicySettings, chattiness: Chattiness): PolicySettings {
  const { theta, refractorySeconds } = settings;
  switch (chattiness) {
    case 1:
      return { ...settings, theta: theta * 0.6, refractorySeconds: Math.max(20, refractorySeconds) };
    case 3:
      return { ...settings, theta: 1 - (1 - theta) * 0.7 };
    case 4:
      return { ...settings, theta: 1 - (1 - theta) * 0.4, refractorySeconds: 0 };
    default:
      return settings;
  }
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Dice coefficient of the two texts' word pairs, 0..1; word order counts, case and punctuation do not. */
function similarity(a: string, b: string): number {
  const pairsOf = (text: string) => {
    const words = ['', ...wordsOf(text), ''];
    return words.slice(1).map((word, i) => `${words[i]} ${word}`);
  };
  const first = pairsOf(a);
  const second = pairsOf(b);
  const left = [...second];
  let shared = 0;
  for (const pair of first) {
    const at = left.indexOf(pair);
    if (at < 0) continue;
    left.splice(at, 1);
    shared++;
  }
  return (2 * shared) / (first.length + second.length);
}
