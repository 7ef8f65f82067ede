import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { OwnedProcess } from './owned-process.ts';
import type { VirtualDisplay } from './virtual-display.ts';

/** Frames a second of a recording. */
export const fps = 10;
/** The copy in which changes are looked for is this much smaller each way. */
const shrink = 4;
/** A machine so busy that frames come this late, in seconds, also misses some: the recording is given up. */
const latest = 3;
/** Grey levels by which a pixel must differ to have changed. */
const noticeable = 10;

/** A rectangle of the screen, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Looked {
  /** Frame to start at. */
  readonly from: number;
  /** Last frame to look at; default the newest. */
  readonly to?: number;
  readonly box?: Box;
  /** Share of the box that must have changed since the frame before; default: a single pixel of the small copy. */
  readonly share?: number;
}

/**
 * Records a display to a file and keeps a small grey copy of every frame written, so that the time of an event is
 * taken from what the recording shows and not from when a command was given. Frame n is at n / fps seconds of the file.
 */
export class ScreenRecording implements AsyncDisposable {
  readonly #ffmpeg: OwnedProcess;
  readonly #frames: Buffer[] = [];
  readonly #width: number;
  readonly #height: number;
  /** When frame 0 would have come had it come as promptly as the promptest, `performance.now()` milliseconds. */
  #start = Number.POSITIVE_INFINITY;

  constructor(display: VirtualDisplay, file: string, crf = 25) {
    this.#width = Math.floor(display.width / shrink);
    this.#height = Math.floor(display.height / shrink);
    const graph = `[0:v]fps=${fps},split[full][copy];[copy]scale=${this.#width}:${this.#height}:flags=area,format=gray[small]`;
    this.#ffmpeg = new OwnedProcess(
      'ffmpeg',
      [
        ...['-loglevel', 'error', '-y', '-f', 'x11grab', '-draw_mouse', '1', '-framerate', String(fps)],
        ...['-video_size', `${display.width}x${display.height}`, '-i', display.name, '-filter_complex', graph],
        ...['-map', '[full]', '-c:v', 'libx264', '-preset', 'superfast', '-crf', String(crf), '-pix_fmt', 'yuv420p'],
        ...['-g', '100', '-threads', '1', '-movflags', '+faststart', file],
        ...['-map', '[small]', '-f', 'rawvideo', 'pipe:1'],
      ],
      { env: display.env, stdio: ['pipe', 'pipe', 'inherit'], graceMs: 10_000 },
    );
    this.#keep(this.#ffmpeg.child.stdout as Readable);
  }

  #keep(stream: Readable): void {
    const size = this.#width * this.#height;
    let frame = Buffer.allocUnsafe(size);
    let filled = 0;
    stream.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(frame, filled, at);
        at += copied;
        filled += copied;
        if (filled < size) continue;
        this.#start = Math.min(this.#start, performance.now() - (this.#frames.length * 1000) / fps);
        this.#frames.push(frame);
        frame = Buffer.allocUnsafe(size);
        filled = 0;
      }
    });
  }

  /**
   * The frame of this moment, which arrives a little later (on a busy machine: a second or two). What happens from
   * here on cannot be seen in a frame before it.
   */
  get now(): number {
    return Math.max(this.length, Math.floor(((performance.now() - this.#start) * fps) / 1000));
  }

  /** Frames that have arrived. */
  get length(): number {
    return this.#frames.length;
  }

  /** Waits until that many frames exist. */
  async reach(length: number): Promise<void> {
    while (this.length < length) {
      if (!this.#ffmpeg.alive) throw new Error('ffmpeg ended in the middle of a recording.');
      if (this.now - this.length > latest * fps) throw new Error('The machine is too busy to record at this size.');
      await sleep(30);
    }
  }

  wait(seconds: number): Promise<void> {
    return this.reach(this.now + Math.round(seconds * fps));
  }

  /** The first frame that differs from the one before it. */
  firstChange({ from, to = this.length - 1, box, share = 0 }: Looked): number | undefined {
    for (let n = Math.max(1, from); n <= to && n < this.length; n += 1) {
      if (this.#differs(n, box, share)) return n;
    }
    return undefined;
  }

  /** The last frame that differs from the one before it. */
  lastChange({ from, to = this.length - 1, box, share = 0 }: Looked): number | undefined {
    for (let n = Math.min(to, this.length - 1); n >= Math.max(1, from); n -= 1) {
      if (this.#differs(n, box, share)) return n;
    }
    return undefined;
  }

  /** Waits until the box has been still for half a second, or `seconds` have passed. */
  async settle(seconds: number, box?: Box): Promise<void> {
    const end = this.now + seconds * fps;
    do {
      await this.wait(0.5);
    } while (this.length < end && this.firstChange({ from: this.length - 5, box, share: 0.01 }) !== undefined);
  }

  #differs(n: number, box: Box | undefined, share: number): boolean {
    const before = this.#frames[n - 1]!;
    const after = this.#frames[n]!;
    const left = Math.max(0, Math.floor((box?.x ?? 0) / shrink));
    const top = Math.max(0, Math.floor((box?.y ?? 0) / shrink));
    const right = Math.min(this.#width, box ? Math.ceil((box.x + box.width) / shrink) : this.#width);
    const bottom = Math.min(this.#height, box ? Math.ceil((box.y + box.height) / shrink) : this.#height);
    const wanted = Math.max(1, share * (right - left) * (bottom - top));
    let changed = 0;
    for (let y = top; y < bottom; y += 1) {
      for (let at = y * this.#width + left; at < y * this.#width + right; at += 1) {
        if (Math.abs(before[at]! - after[at]!) <= noticeable) continue;
        changed += 1;
        if (changed >= wanted) return true;
      }
    }
    return false;
  }

  /** Completes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ffmpeg.child.stdin?.on('error', () => {}); // it may be gone already: then there is nothing to complete
    this.#ffmpeg.child.stdin?.end('q');
    await Promise.race([this.#ffmpeg.ended, sleep(10_000, undefined, { ref: false })]);
    await this.#ffmpeg[Symbol.asyncDispose]();
  }
}
