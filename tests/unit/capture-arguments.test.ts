import { describe, expect, test } from 'vitest';
import { gridSpan } from '../../main/capture/ffmpeg-arguments.ts';
import { fileArguments } from '../../main/capture/file-arguments.ts';
import {
  cameraInput,
  liveArguments,
  macScreenInput,
  streamInput,
  windowsScreenInput,
  windowsWindowInput,
  x11Input,
} from '../../main/capture/live-arguments.ts';

const sampling = { fps: 2, width: 384, height: 240 };
const modern = { modern: true, outdated: false };
const old = { modern: false, outdated: false };

/** The value that follows an option. */
const value = (args: readonly string[], option: string) => args[args.indexOf(option) + 1];

describe('places on the sampling grid', () => {
  test('are those inside the span, decimal fractions forgiven', () => {
    expect(gridSpan(sampling)).toEqual({ first: 0, end: undefined });
    expect(gridSpan({ ...sampling, from: 1.2, duration: 1 })).toEqual({ first: 3, end: 5 });
    expect(gridSpan({ ...sampling, fps: 10, from: 0.3, duration: 0.4 })).toEqual({ first: 3, end: 7 });
  });
});

describe('recordings', () => {
  const input = { url: 'file:/a.mp4', options: [], seekable: true, container: 'mov,mp4,m4a,3gp,3g2,mj2', length: 90 };
  const piped = { url: 'pipe:0', options: [], seekable: false, container: undefined, length: undefined };

  test('are sampled from time 0, cut by number, then fitted', () => {
    const args = fileArguments(modern, input, { ...sampling, from: 60, duration: 10 });
    expect(value(args, '-vf')?.replace(/^setpts='.*',/, '')).toBe(
      'fps=2:start_time=0:round=up,trim=start_frame=120:end_frame=140,' +
        "scale=w='max(1,min(384,round(240*iw*sar/ih)))':h='max(1,min(240,round(384*ih/(iw*sar))))':flags=area:eval=frame," +
        'format=rgb24,pad=384:240:(ow-iw)/2:(oh-ih)/2:black:eval=frame',
    );
    expect(value(args, '-ss')).toBe('57.500');
    expect(args).toEqual(expect.arrayContaining(['-noaccurate_seek', '-copyts', '-start_at_zero', '-nostdin']));
  });

  test('are read from the start where there is nothing to jump over, or no way to', () => {
    expect(fileArguments(modern, input, { ...sampling, from: 1 })).not.toContain('-ss');
    expect(fileArguments(modern, { ...input, seekable: false }, { ...sampling, from: 60 })).not.toContain('-ss');
  });

  test('on standard input leave it open', () => {
    expect(fileArguments(modern, piped, sampling)).not.toContain('-nostdin');
  });

  test('the unscaled picture is split off behind all that chooses; without it nothing is different', () => {
    const cut = { ...sampling, from: 60, duration: 10 };
    const plain = fileArguments(modern, input, cut);
    const both = fileArguments(modern, input, { ...cut, unscaled: true });
    const [chain = '', frame = '', unscaled = ''] = value(both, '-filter_complex')!.split(/;(?=\[)/);
    const chosen = /^(.*trim=start_frame=120:end_frame=140),(.*)$/.exec(value(plain, '-vf')!)!;
    expect(chain).toBe(`[0:V:0]${chosen[1]},split[a][b]`);
    expect(frame).toBe(`[a]${chosen[2]}[frame]`);
    expect(unscaled).toMatch(/^\[b\]scale=.*,format=gray\[unscaled\]$/);
    // What stands before and behind the filters, and where each goes.
    const input0 = plain.indexOf('-map');
    expect(both.slice(0, both.indexOf('-filter_complex'))).toEqual(plain.slice(0, input0));
    expect(both.slice(both.indexOf('[frame]') + 1, both.indexOf('[unscaled]') - 1)).toEqual(plain.slice(input0 + 4));
    expect(both.at(-1)).toBe('pipe:3');
    expect(plain.slice(input0)).toEqual([
      ...['-map', '0:V:0', '-vf', chosen[0], '-fps_mode', 'passthrough', '-an', '-sn', '-dn', '-threads', '1'],
      ...['-flush_packets', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
    ]);
  });

  test('old ffmpegs get the old name of an option', () => {
    expect(value(fileArguments(modern, input, sampling), '-fps_mode')).toBe('passthrough');
    expect(value(fileArguments(old, input, sampling), '-vsync')).toBe('0');
  });
});

describe('live inputs', () => {
  const area = { width: 800, height: 600, x: 10, y: 20 };

  test('no fps filter and one encoder thread: either would hold a frame back for a period', () => {
    const args = liveArguments(modern, x11Input(':0', area, 2), sampling);
    expect(value(args, '-vf')).not.toMatch(/fps|select/);
    expect(args.slice(args.indexOf('-i'))).toEqual(expect.arrayContaining(['-threads', '1']));
  });

  test('without the unscaled picture nothing is different', () => {
    const grab = x11Input(':0', area, 2);
    const plain = liveArguments(modern, grab, sampling);
    expect(plain).toEqual([
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+warning', '-threads', '1', '-flags', 'low_delay'],
      ...grab.options,
      ...['-map', '0:V:0', '-vf', value(plain, '-vf'), '-fps_mode', 'passthrough', '-an', '-sn', '-dn'],
      ...['-threads', '1', '-flush_packets', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
    ]);
    expect(liveArguments(modern, grab, { ...sampling, unscaled: true })).toEqual(
      expect.arrayContaining(['-reinit_filter', '-filter_complex', 'pipe:1', 'pipe:3']),
    );
  });

  test('what comes faster is thinned out to the grid', () => {
    const args = liveArguments(modern, cameraInput('linux', '/dev/video0'), sampling);
    expect(value(args, '-vf')).toMatch(/^select='not\(eq\(floor\(t\*2\+0\.01\),/);
  });

  test('Linux: an area of the display, or a window', () => {
    expect(x11Input(':1', area, 2).options).toEqual(
      expect.arrayContaining(['x11grab', '-framerate', '2', '-draw_mouse', '1', '-video_size', '800x600', ':1+10,20']),
    );
    const window = x11Input(':1', { ...area, window: '0x20' }, 2).options;
    expect(value(window, '-window_id')).toBe('32');
    expect(value(window, '-i')).toBe(':1');
  });

  test('Windows: Desktop Duplication where there is one, else GDI; windows by title', () => {
    expect(value(windowsScreenInput(true, 1, 2).options, '-i')).toMatch(
      /^ddagrab=output_idx=1:framerate=2.*hwdownload/,
    );
    expect(windowsScreenInput(false, 0, 2).options).toEqual(expect.arrayContaining(['gdigrab', 'desktop']));
    expect(value(windowsWindowInput('Build log', 2).options, '-i')).toBe('title=Build log');
  });

  test('macOS: AVFoundation for screens', () => {
    expect(value(macScreenInput(1, 2).options, '-i')).toBe('Capture screen 1:none');
  });

  test('cameras per platform', () => {
    expect(value(cameraInput('linux', '/dev/video1').options, '-f')).toBe('v4l2');
    expect(value(cameraInput('win32', 'HD Webcam').options, '-i')).toBe('video=HD Webcam');
    expect(value(cameraInput('darwin', '0').options, '-i')).toBe('0:none');
  });

  test('dead connections end by themselves', () => {
    expect(value(streamInput(modern, 'rtsp://h/x').options, '-timeout')).toBe('600000000');
    expect(value(streamInput(old, 'rtsp://h/x').options, '-stimeout')).toBe('600000000');
    expect(value(streamInput(modern, 'rtmp://h/x').options, '-rw_timeout')).toBe('600000000');
  });
});
