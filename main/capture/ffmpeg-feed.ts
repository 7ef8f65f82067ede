import { setTimeout as sleep } from 'node:timers/promises';
import { FfmpegProcess, firstComplaint } from './ffmpeg-process.ts';
import type { Place, Size } from './frame.ts';
import { FeedEnd, type LiveFeed, type LivePicture, type Pace } from './live-feed.ts';
import { PictureTimes } from './picture-times.ts';
import { pipedPictures } from './pictures.ts';
import { ScreenPictures } from './screen-picture.ts';
import { parseStreams, type VideoStream } from './streams.ts';

export interface FfmpegStart {
  /** ffmpeg's arguments. */
  readonly args: readonly string[];
  /** True when ffmpeg no longer sees what is wanted and must be started anew. */
  readonly outdated?: (() => Promise<boolean>) | undefined;
  readonly size?: Size | undefined;
  /** As for `LiveFeed`. */
  readonly place?: Place | undefined;
  readonly pace?: Pace | undefined;
  readonly segmented?: boolean | undefined;
  /** Whether the arguments make ffmpeg write the times of its pictures among its messages. */
  readonly timed?: boolean | undefined;
}

/** Milliseconds for which an ffmpeg that has closed its pipe and yet lives on is waited for. */
const patience = 2000;

/** What one ffmpeg grabs. It is started when the first picture is asked for. */
export class FfmpegFeed implements LiveFeed {
  readonly size: Size | undefined;
  readonly outdated: (() => Promise<boolean>) | undefined;
  readonly place: Place | undefined;
  readonly pace: Pace | undefined;
  readonly segmented: boolean | undefined;
  readonly #ffmpeg: string;
  readonly #args: readonly string[];
  readonly #times: PictureTimes | undefined;
  readonly #bytes: number;
  readonly #onStreams: ((videos: readonly VideoStream[]) => void) | undefined;
  #child: FfmpegProcess | undefined;
  #closed = false;

  /**
   * @param bytes of one picture
   * @param onStreams told before the first picture which videos there are, best first; where it is `timed`
   */
  constructor(
    ffmpeg: string,
    bytes: number,
    { args, timed, ...start }: FfmpegStart,
    onStreams?: (videos: readonly VideoStream[]) => void,
  ) {
    this.#ffmpeg = ffmpeg;
    this.#bytes = bytes;
    this.#onStreams = onStreams;
    this.#args = args;
    this.#times = timed ? new PictureTimes() : undefined;
    this.outdated = start.outdated;
    this.size = start.size;
    this.place = start.place;
    this.pace = start.pace;
    this.segmented = start.segmented;
  }

  get messages(): string {
    return this.#child?.messages ?? '';
  }

  async *pictures(): AsyncGenerator<LivePicture> {
    if (this.#closed) return;
    const times = this.#times;
    let described: string | undefined = '';
    const take = (line: string): boolean => {
      if (described !== undefined && line.includes('Output #0')) {
        this.#onStreams?.(parseStreams(described).video);
        described = undefined;
      } else if (described !== undefined) described += `${line}\n`;
      return times?.take(line) ?? false;
    };
    const child = new FfmpegProcess(this.#ffmpeg, this.#args, { taken: times && take });
    this.#child = child;
    try {
      const unscaled = child.pipe3 && { pipe: child.pipe3, pictures: new ScreenPictures() };
      for await (const picture of pipedPictures(child.stdout, this.#bytes, unscaled)) {
        yield { ...picture, own: await times?.next() };
      }
    } catch {
      // Its pipe was closed, by us or by its end.
    }
    if (this.#closed) return;
    const ending = await Promise.race([child.ended, sleep(patience, undefined, { ref: false })]);
    const reason = firstComplaint(child.messages) || ending?.failure?.message || 'it ended before the first picture';
    throw new FeedEnd(reason, { cause: new Error(child.messages.trim()), clean: ending?.code === 0 });
  }

  close(): void {
    this.#closed = true;
    this.#child?.closePictures();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#child?.[Symbol.asyncDispose]();
  }
}
