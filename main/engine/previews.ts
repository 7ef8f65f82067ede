import type { Picture } from '../base/picture.ts';
import { findFfmpeg } from '../capture/ffmpeg-binary.ts';
import { JpegEncoder } from '../capture/jpeg-encoder.ts';

/** Milliseconds between two previews, at least. */
const apart = 1000;

/** Small pictures of what is watched: the first one, and later ones when something changed. Disposing ends its ffmpeg. */
export class Previews implements AsyncDisposable {
  readonly #encoder: Promise<JpegEncoder | undefined>;
  readonly #onPreview: (t: number, jpeg: Uint8Array) => void;
  #madeAt = Number.NEGATIVE_INFINITY;
  #changed = true;

  constructor(
    size: { readonly width: number; readonly height: number },
    onPreview: (t: number, jpeg: Uint8Array) => void,
  ) {
    this.#onPreview = onPreview;
    // Without ffmpeg there is nothing to watch either, and that is reported there.
    this.#encoder = findFfmpeg().then(
      ({ path }) => new JpegEncoder(path, size),
      () => undefined,
    );
  }

  /** Takes a frame in; returns at once. */
  see({ t, changed, picture }: { readonly t: number; readonly changed: number; readonly picture: Picture }): void {
    this.#changed ||= changed > 0;
    if (!this.#changed || performance.now() - this.#madeAt < apart) return;
    this.#changed = false;
    this.#madeAt = performance.now();
    void this.#encoder
      .then((encoder) => encoder?.encode(picture.pixels))
      .then((jpeg) => jpeg && this.#onPreview(t, jpeg))
      .catch(() => {
        this.#changed = true; // tried again with the next frame: on a still screen there is no other reason for one
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#encoder)?.[Symbol.asyncDispose]();
  }
}
