/**
 * The clock of a recording, mended while ffmpeg decodes. Its time stamps may jump: streams were joined, a camera's clock
 * was set, a counter of 33 bits began anew, a recorder was asleep. The `setpts` filter sees every picture before it is
 * sampled; its expression takes jumps out, and prints them as lines of their own on ffmpeg's standard error.
 */

/** When the time to the next picture is a jump, in seconds. */
interface ClockLimits {
  /**
   * A picture that lasts longer than this, and longer than four times the longest one before it, leaves a hole behind:
   * it is not shown again until the next one comes.
   */
  readonly hole: number;
  /** Beyond this the stamps say nothing: what follows is taken to follow at once. */
  readonly farthest: number;
}

/** Containers for broadcast and streams, whose stamps may begin anew (ffmpeg's `AVFMT_TS_DISCONT`). */
const stream = /\b(mpegts|mpeg|ogg|nut|hls|dhav)\b/;
/** They bear a picture at least every second; ffmpeg itself joins what is over ten seconds apart. */
const ofStreams: ClockLimits = { hole: 2, farthest: 10 };
/** A recording of a screen may show one picture for minutes, and players show its holes at their full length. */
const ofFiles: ClockLimits = { hole: 600, farthest: 1e12 };

/** A step back by more than this is a jump; by less, pictures came in the wrong order. Seconds. */
const back = 0.2;
/** The first picture may last so long in any container: how long pictures last is not known yet. Seconds. */
const firstHole = 10;
/** The picture before a jump lasts as long as the one before it, but no longer than this. Seconds. */
const longestStep = 1;
/** Pictures stamped below 0 have guessed times, which may be too long by this much. Seconds. */
const guessing = 1;
/** Reports begin so many seconds before the end that the container states, to learn where it really is. */
const lead = 1.5;

export interface FileClockOptions {
  /** As ffmpeg calls it; undefined: not known before it is read. */
  readonly container: string | undefined;
  readonly fps: number;
  /** First place on the sampling grid that is wanted. */
  readonly first: number;
  /** Seconds that the container states; undefined when it states none. */
  readonly length: number | undefined;
}

export interface FileStart extends Pick<FileClockOptions, 'fps' | 'first'> {
  /**
   * Seconds at which the file begins by its stamps, where that is below 0. ffmpeg then guesses the times of its first
   * pictures, from 0 on, and goes back to 0 where the stamps do: a jump of its own, not of the recording.
   */
  readonly begins?: number | undefined;
}

/**
 * Filter that mends the clock before sampling. It prints `-1 - n` at a jump, where n is how many places of the sampling
 * grid lie in the hole (they are taken out; ffmpeg delivers no frames for them), and then, as towards the end, the mended
 * time of each picture. Holes before the first place that is wanted stay: places are counted from 0.
 */
export function clockFilter({ container, fps, first, length }: FileClockOptions): string {
  const inHole = `max(0,floor((ld(0)-max(ld(2),${first / fps}-(ld(3)+ld(4))*TB))*${fps}))`;
  const time = '(PTS+ld(4))*TB';
  const reportFrom = length === undefined ? 0 : length - lead;
  return `setpts='${mended(container, {
    hole: `st(6,${inHole});st(4,ld(4)-ld(6)/${fps}/TB)`,
    jump: 'st(5,1);print(-1-ld(6),24)',
    picture: `if(ld(5)+gte(${time},${reportFrom}),print(max(0,${time}),24))`,
  })}'`;
}

/** Filters that give picture and sound the same mended clock, holes included, for a copy of the recording. */
export function clockFilters(container: string | undefined): { readonly video: string; readonly audio: string } {
  const stamps = mended(container, { hole: '0', jump: '0', picture: '0' });
  return { video: `setpts='${stamps}'`, audio: `asetpts='${stamps}'` };
}

/**
 * Expression for mended stamps. It keeps, in ld(0): seconds since the picture before; ld(1): the most of them so far;
 * ld(2): how long the picture before is taken to last before a jump; ld(3): the stamp before; ld(4): what is added to
 * stamps.
 *
 * @param does expressions for what else is done at a hole, at a jump of either kind, and at each picture. They may use
 * ld(5), which is 0 at first, and ld(6), which is 0 at a jump without a hole.
 */
function mended(
  container: string | undefined,
  does: { readonly hole: string; readonly jump: string; readonly picture: string },
): string {
  const known = container === undefined ? undefined : stream.test(container) ? ofStreams : ofFiles;
  // Transport and programme streams count in 1/90000 s.
  const either = (limit: keyof ClockLimits) => `if(lt(TB*80000,1),${ofStreams[limit]},${ofFiles[limit]})`;
  const hole = known?.hole ?? either('hole');
  const farthest = known?.farthest ?? either('farthest');
  const usual = `between(ld(0),-${back},max(${hole},if(ld(1),4*ld(1),${firstHole})))`;
  const learn = `st(1,max(ld(1),ld(0)));if(gt(ld(0),0),st(2,min(ld(0),${longestStep})))`;
  const atOnce = 'st(6,0);st(4,ld(4)-(ld(0)-ld(2))/TB)';
  const jump = `if(between(ld(0),0,${farthest}),${does.hole},${atOnce});${does.jump}`;
  const steps = [
    'st(0,(PTS-ld(3))*TB)',
    `if(ld(2),if(${usual},${learn},${jump}),st(2,0.04))`,
    'st(3,PTS)',
    does.picture,
    'PTS+ld(4)',
  ];
  return `if(isnan(PTS),PTS,${steps.join(';')})`;
}

/** What the filter reported. */
export class FileClock {
  readonly #fps: number;
  readonly #first: number;
  /** Jumps that lie ahead of the frames delivered so far. */
  #jumps: { readonly at: number; readonly place: number; readonly skipped: number }[] = [];
  #skipped: number | undefined;
  /** Up to here the next jump is one of ffmpeg's own. */
  #guessedTo: number;
  /** Seconds on the mended clock at which the newest picture begins that was reported, or the last one ends. */
  last: number | undefined;
  /** True once a jump was taken out: what the container says of its length is of no use. */
  jumped = false;

  constructor({ fps, first, begins = 0 }: FileStart) {
    this.#fps = fps;
    this.#first = first;
    this.#guessedTo = begins < 0 ? guessing - begins : 0;
  }

  /** Takes a line of ffmpeg's; false when it is none of the filter's. */
  take(line: string): boolean {
    const text = /^(?:\[[^\]]*\] )*(-?\d+\.\d{6})$/.exec(line)?.[1];
    if (text === undefined) return false;
    const value = Number(text);
    if (value < 0) {
      this.#skipped = Math.round(-1 - value);
      this.jumped ||= this.#skipped === 0;
      return true;
    }
    this.last = value;
    if (this.#skipped !== undefined) {
      const place = Math.ceil(value * this.#fps - 1e-6);
      // Before the first frame there is nothing to be separated from.
      const isJump = value > this.#guessedTo && (place > this.#first || this.#skipped > 0);
      this.#guessedTo = 0;
      if (isJump) this.#jumps.push({ at: value, place, skipped: this.#skipped });
      this.#skipped = undefined;
    }
    return true;
  }

  /** Places skipped by the jumps between the frame before and the one at `place`; undefined when there was none. */
  jumpBefore(place: number): number | undefined {
    const passed = this.#jumps.filter((jump) => jump.place <= place);
    if (passed.length === 0) return undefined;
    this.#jumps = this.#jumps.slice(passed.length);
    return passed.reduce((sum, { skipped }) => sum + skipped, 0);
  }

  /**
   * True for frames behind the end, which an ffmpeg before 4.4 delivers: it lets the sampling go on up to the time at which
   * the recording ends by its own stamps.
   */
  isOver(place: number): boolean {
    return this.jumped && this.last !== undefined && place / this.#fps > this.last + longestStep;
  }

  /** True if pictures came behind the last jump, but so few that no frame shows one. */
  get endsBehindJump(): boolean {
    return this.#jumps.some(({ at }) => this.last! > at);
  }
}
