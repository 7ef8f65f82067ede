/** How the pictures of a stream leave ffmpeg. */
import { letterbox } from './ffmpeg-arguments.ts';
import type { FfmpegBinary } from './ffmpeg-binary.ts';
import type { Sampling } from './frame.ts';
import { type VideoStream, videoMap } from './streams.ts';
import { toneMapping } from './tone-map.ts';

/**
 * Output options: the pictures of a stream that `chosen` filters leave, fitted into the frame, on `pipe:1`; where
 * `unscaled` is asked for, each of them also as a grey picture of its own size, on `pipe:3`.
 * @param stream undefined: it was not looked at
 * @param told filters that report what is put out on `pipe:1`
 */
export function pictureOutputs(
  ffmpeg: Pick<FfmpegBinary, 'modern'>,
  stream: VideoStream | undefined,
  chosen: readonly string[],
  sampling: Pick<Sampling, 'width' | 'height' | 'unscaled'>,
  told: readonly string[] = [],
): string[] {
  const input = videoMap(stream);
  const pictures = [...chosen, ...toneMapping(stream?.transfer ?? 'sdr')];
  const fitted = [letterbox(sampling), ...told];
  if (!sampling.unscaled) return ['-map', input, '-vf', [...pictures, ...fitted].join(','), ...rawPictures(ffmpeg)];
  // Split behind all that chooses: the k-th picture of one pipe and the k-th of the other are the same.
  const graph = [
    `[${input}]${[...pictures, 'split'].join(',')}[a][b]`,
    `[a]${fitted.join(',')}[frame]`,
    `[b]${ownSize}[unscaled]`,
  ];
  return [
    ...['-filter_complex', graph.join(';')],
    ...['-map', '[frame]', ...rawPictures(ffmpeg)],
    ...['-map', '[unscaled]', ...greyPictures(ffmpeg)],
  ];
}

/**
 * An input option that must stand wherever `unscaled` is asked for: without it, pictures of another size would reach an
 * encoder that was opened for the first size.
 */
export const oneSize = ['-reinit_filter', '0'];

/**
 * Filters that make a picture grey and its pixels square. Beyond 3840 x 2160 pixels it is halved. The size is that of the
 * first picture: later ones of another size are stretched to it, so that a share of the picture stays the same share.
 */
const ownSize = (() => {
  const halved = `pow(2,max(0,ceil(log(iw*sar*ih/${3840 * 2160})/log(4))))`;
  return `scale=w='max(1,round(iw*sar/${halved}))':h='max(1,round(ih/${halved}))':flags=area,format=gray`;
})();

/** Output options: raw on standard output. */
function rawPictures(ffmpeg: Pick<FfmpegBinary, 'modern'>): string[] {
  return [...untouched(ffmpeg), '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'];
}

/** Output options: grey on `pipe:3`, each picture with its size (PGM), which need not be known beforehand. */
function greyPictures(ffmpeg: Pick<FfmpegBinary, 'modern'>): string[] {
  return [...untouched(ffmpeg), '-pix_fmt', 'gray', '-c:v', 'pgm', '-f', 'image2pipe', 'pipe:3'];
}

/**
 * Output options: pictures as the filters give them, none added or left out. One thread: given more, ffmpeg's raw video
 * encoder holds a picture back until the next one comes.
 */
function untouched({ modern }: Pick<FfmpegBinary, 'modern'>): string[] {
  const all = modern ? ['-fps_mode', 'passthrough'] : ['-vsync', '0'];
  return [...all, '-an', '-sn', '-dn', '-threads', '1', '-flush_packets', '1'];
}
