/**
 * The middle stage of the pipeline: frames in, frame tokens out. The change gate stands before the encoder, because the
 * encoder costs most: a frame in which nothing changed is not encoded, and after a few of them not even fed.
 */
import type { Picture } from '../base/picture.ts';
import type { ChangeGate } from '../capture/change-gate.ts';
import type { HiddenArea } from '../capture/exclusions.ts';
import type { Captured, Frame, Gap, Size } from '../capture/frame.ts';
import type { HiddenAreas } from '../capture/hidden-areas.ts';
import type { ScreenPicture } from '../capture/screen-picture.ts';
import type { FrameTokens, VisionEncoder } from '../vision/frame-tokens.ts';
import type { Command } from './control.ts';
import type { StreamClock } from './snapshot-header.ts';

/** A frame as the session is to take it. */
export interface SeenFrame {
  readonly type: 'frame';
  readonly index: number;
  readonly t: number;
  readonly capturedAt: number;
  /** What the model is fed; undefined when the frame is still and the model need not be asked. */
  readonly tokens: Float32Array | undefined;
  readonly encoded: boolean;
  /** CLIP embedding, unit length; undefined when the frame was not encoded. */
  readonly embedding: Float32Array | undefined;
  /** The frame itself, where the stage is to keep it. */
  readonly picture?: Picture;
  /** What the source showed, unscaled and with all masks painted black; the same object as long as it shows the same. */
  readonly unscaled?: ScreenPicture | undefined;
  /** Cells whose pixels changed. */
  readonly changed: number;
  /** State of the stage after this frame, for a snapshot. */
  readonly lastEncoded: number;
  readonly stillRun: number;
}

/** Wall clock at which it was captured, milliseconds since 1970. */
export function capturedWhen({ capturedAt }: Pick<SeenFrame, 'capturedAt'>): number {
  return Math.floor(Date.now() - (performance.now() - capturedAt));
}

export interface VisionStageOptions {
  /** Where the stream stood: the first frames are those the snapshot has seen; they restore the state and are not given on. */
  readonly resume?: StreamClock | undefined;
  /** Size of the frames, if they are to be given on with what was seen in them; default they are not. */
  readonly pictures?: Size | undefined;
  /** Seconds between two frames that are looked at, at least; asked for each of them. Default every frame is. */
  readonly spacing?: (() => number) | undefined;
  /** Hides what is not to be seen of each frame before anything looks at it; the frame waits for its masks. */
  readonly hidden?: Hidden | undefined;
}

interface Hidden {
  readonly areas: HiddenAreas;
  readonly masksFor: (frame: Frame) => Promise<readonly HiddenArea[]>;
  /** Of what is captured, where a frame does not say it. */
  readonly size: () => Size | undefined;
}

export type Seen = SeenFrame | { readonly type: 'gap'; readonly gap: Gap } | Command;

export class VisionStage {
  readonly #encoder: VisionEncoder;
  readonly #gate: ChangeGate;
  #last: FrameTokens | undefined;
  #lastEncoded = -1;
  readonly #pictures: VisionStageOptions['pictures'];
  readonly #hidden: VisionStageOptions['hidden'];
  readonly #spacing: VisionStageOptions['spacing'];
  #resume: StreamClock | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The unscaled picture that was given on last. */
  #unscaled: ScreenPicture | undefined;

  constructor(encoder: VisionEncoder, gate: ChangeGate, options: VisionStageOptions = {}) {
    const { resume, pictures, hidden, spacing } = options;
    this.#encoder = encoder;
    this.#gate = gate;
    this.#resume = resume;
    this.#pictures = pictures;
    this.#hidden = hidden;
    this.#spacing = spacing;
  }

  /** Looks at what was captured, in order; all frames that changed go through the encoder in one run. */
  async look(captured: readonly (Captured | Command)[]): Promise<Seen[]> {
    const seen: Seen[] = [];
    let run: (Frame & { changed: number; feed: boolean; encode: boolean; stillRun: number })[] = [];
    const flush = async () => {
      seen.push(...(await this.#encodeRun(run)));
      run = [];
    };
    for (const item of captured) {
      if (item.type !== 'frame') {
        await flush();
        if (item.type === 'gap' ? separates(item.gap) : item.wish.type === 'forget') {
          this.#hidden?.areas.forget();
          this.#unscaled = undefined;
          this.#startAnew();
        }
        seen.push(item);
        continue;
      }
      if (this.#passesOver(item.frame)) continue;
      const { frame, comparable } = await this.#hide(item.frame);
      if (!comparable) {
        await flush();
        this.#startAnew();
      }
      if (!(await this.#catchUp(frame))) {
        const verdict = this.#gate.next(frame.pixels);
        run.push({ ...frame, ...verdict, stillRun: this.#gate.stillRun });
      }
    }
    await flush();
    return seen;
  }

  /** Whether a frame comes too soon after the one before: what changed on it is still changed on the next. */
  #passesOver({ t }: Frame): boolean {
    // Frames come a little early or late.
    const soon = t - this.#lookedAt < 0.75 * (this.#spacing?.() ?? 0);
    if (!soon) this.#lookedAt = t;
    return soon;
  }

  /** The frame without what is hidden, and whether what is left of it can be compared with the one before. */
  async #hide(frame: Frame): Promise<{ readonly frame: Frame; readonly comparable: boolean }> {
    if (!this.#hidden) return { frame, comparable: true };
    const { areas, masksFor, size } = this.#hidden;
    const masks = await masksFor(frame);
    const comparable = !areas.hide(frame.pixels, frame.t, frame.size ?? size(), masks);
    const covered = frame.unscaled?.covered(masks);
    // What changes behind a mask is no change.
    if (covered?.changedSince(this.#unscaled).length !== 0) this.#unscaled = covered;
    return { frame: { ...frame, unscaled: this.#unscaled }, comparable };
  }

  /** What comes next has nothing to do with what was before: it is a first frame. */
  #startAnew(): void {
    this.#encoder.reset();
    this.#gate.reset();
  }

  /** One encoder run over the frames that changed; the still ones between them repeat their predecessor. */
  async #encodeRun(
    run: readonly (Frame & { changed: number; feed: boolean; encode: boolean; stillRun: number })[],
  ): Promise<SeenFrame[]> {
    const changedFrames = run.filter((frame) => frame.encode);
    const encoded = changedFrames.length > 0 ? await this.#encoder.encode(changedFrames.map((f) => f.pixels)) : [];
    let next = 0;
    return run.map(({ index, t, capturedAt, pixels, unscaled, changed, feed, encode, stillRun }) => {
      if (encode) {
        this.#last = encoded[next++]!;
        this.#lastEncoded = index;
      }
      const tokens = encode ? this.#last?.tokens : this.#last?.stillTokens;
      return {
        type: 'frame',
        index,
        t,
        capturedAt,
        tokens: feed ? tokens : undefined,
        encoded: encode,
        embedding: encode ? this.#last?.embedding : undefined,
        ...(this.#pictures && { picture: { ...this.#pictures, pixels } }),
        ...(unscaled && { unscaled }),
        changed,
        lastEncoded: this.#lastEncoded,
        stillRun,
      };
    });
  }

  /** Whether a frame belongs to the time before the snapshot; the last one encoded then is encoded once more. */
  async #catchUp(frame: Frame): Promise<boolean> {
    const resume = this.#resume;
    if (!resume) return false;
    if (frame.index === resume.lastEncoded) {
      this.#gate.prime(frame.pixels);
      this.#encoder.reset();
      [this.#last] = await this.#encoder.encode([frame.pixels]);
      this.#lastEncoded = frame.index;
    }
    if (frame.index <= resume.index) return true;
    this.#gate.stillRun = resume.stillRun;
    this.#resume = undefined;
    return false;
  }
}

/** Whether what follows is unrelated. Frames dropped for speed: what changed is still a change; a recording waits. */
function separates({ reason, from, to }: Gap): boolean {
  return reason !== 'overload' && !(reason === 'paused' && from === to);
}
