import type { Sampling } from './frame.ts';

/** Options every run starts with: quiet, deaf to the keyboard, messages marked with their gravity, two threads. */
export const quiet = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+warning'];

/**
 * Filters that fit any picture into the frame: scaled to fit, centred, padded with black. Each picture is fitted by its
 * own size, which may change in mid-stream, and by the shape of its pixels (`sar`, width over height).
 * @param format of the pixels
 * @param flags how it is scaled
 */
export function letterbox(
  { width, height }: Pick<Sampling, 'width' | 'height'>,
  { format, flags } = { format: 'rgb24', flags: 'area' },
): string {
  const fit = [
    `w='max(1,min(${width},round(${height}*iw*sar/ih)))'`,
    `h='max(1,min(${height},round(${width}*ih/(iw*sar))))'`,
  ];
  return [
    `scale=${fit.join(':')}:flags=${flags}:eval=frame`,
    `format=${format}`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:black:eval=frame`,
  ].join(',');
}

/** Places on the sampling grid that a run delivers: from `first` up to, not including, `end`. */
export function gridSpan({ fps, from = 0, duration }: Sampling): { first: number; end: number | undefined } {
  // A millionth of a frame forgives decimal fractions: second 0.3 at 10 fps is frame 3.
  const place = (seconds: number) => Math.max(0, Math.ceil(seconds * fps - 1e-6));
  return { first: place(from), end: duration === undefined ? undefined : place(from + duration) };
}
