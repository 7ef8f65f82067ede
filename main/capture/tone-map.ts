/**
 * HDR to the standard range, in ffmpeg's plainest filters, which every build has: a table to light, a matrix to the
 * narrower colours, a table to numbers again. Reference white becomes white (ITU-R BT.2408: 203 cd/m2), and what is
 * brighter, too: on a desktop that is next to nothing.
 */

/** How the numbers of a picture become light: as on any screen, or in one of the two ways of HDR (ITU-R BT.2100). */
export type Transfer = 'sdr' | 'pq' | 'hlg';

/** cd/m2 of the white of a page or a window. */
const white = 203;

/** Light above white that the matrix may still make use of, as a multiple of white. */
const headroom = 2;

/** Light over white, of a number from 0 to 1. */
const light: Readonly<Record<Exclude<Transfer, 'sdr'>, string>> = {
  // SMPTE ST 2084.
  pq: (() => {
    const p = 'pow(val/maxval,1/78.84375)';
    return `10000/${white}*pow(max(${p}-0.8359375,0)/(18.8515625-18.6875*${p}),1/0.1593017578125)`;
  })(),
  // ITU-R BT.2100: the inverse of the camera's curve, on a display of 1000 cd/m2, whose gamma is 1.2.
  hlg: (() => {
    const v = 'val/maxval';
    const scene = `if(lte(${v},0.5),pow(${v},2)/3,(exp((${v}-0.55991073)/0.17883277)+0.28466892)/12)`;
    return `1000/${white}*pow(${scene},1.2)`;
  })(),
};

/** ITU-R BT.2087: colours of BT.2020 in those of BT.709. */
const narrower =
  'colorchannelmixer=rr=1.6605:rg=-0.5876:rb=-0.0728:gr=-0.1246:gg=1.1329:gb=-0.0083:br=-0.0182:bg=-0.1006:bb=1.1187';

/** Filters, before any scaling, that make a picture of the standard range; none where it is one. */
export function toneMapping(transfer: Transfer): string[] {
  if (transfer === 'sdr') return [];
  const table = (expression: string) => `lutrgb=r='${expression}':g='${expression}':b='${expression}'`;
  return [
    'scale=in_color_matrix=bt2020:flags=fast_bilinear',
    'format=gbrp16le',
    table(`maxval/${headroom}*${light[transfer]}`),
    narrower,
    // ITU-R BT.1886.
    table(`maxval*pow(clip(val*${headroom}/maxval,0,1),1/2.4)`),
    'format=yuv420p',
  ];
}
