import { describe, expect, test } from 'vitest';
import { chooseCamera, parseAvFoundation, parseDirectShow } from '../../main/capture/cameras.ts';
import { parseMonitors, parseRefusal } from '../../main/capture/displays.ts';
import { describeVersion } from '../../main/capture/ffmpeg-binary.ts';
import { complained, firstComplaint } from '../../main/capture/ffmpeg-process.ts';
import { parseProbe } from '../../main/capture/probe.ts';
import { notDone, parseStreams } from '../../main/capture/streams.ts';
import { parseWindows } from '../../main/capture/windows.ts';

describe('ffmpeg about itself', () => {
  test.each([
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers', '5.1.9-0+deb12u1', true, false],
    ['ffmpeg version 4.1.11-0+deb10u1 Copyright (c) 2000-2023 the FFmpeg developers', '4.1.11-0+deb10u1', false, true],
    ['ffmpeg version 5.0.1 Copyright (c) 2000-2022 the FFmpeg developers', '5.0.1', false, false],
    ['ffmpeg version n7.1 Copyright (c) 2000-2024 the FFmpeg developers', 'n7.1', true, false],
    [
      'ffmpeg version N-47683-g0e8eb07980-static x Copyright (c) 2000-2018 the',
      'N-47683-g0e8eb07980-static',
      false,
      true,
    ],
    ['ffmpeg version N-118000-gabc Copyright (c) 2000-2025 the FFmpeg developers', 'N-118000-gabc', true, false],
  ])('%s', (line, version, modern, outdated) => {
    expect(describeVersion(line)).toEqual({ version, modern, outdated });
  });

  test('another program is none', () => {
    expect(describeVersion('avconv version 12')).toBeUndefined();
  });

  test('the first error is the cause, without its address', () => {
    const messages =
      '[warning] odd\n[mov,mp4 @ 0x55d] [error] moov atom not found\n[fatal] a.mp4: Invalid data found\n';
    expect(firstComplaint(messages)).toBe('moov atom not found');
    expect(complained(messages)).toBe(true);
    expect(complained('[warning] odd\n')).toBe(false);
    expect(firstComplaint('')).toBe('');
  });
});

describe('ffmpeg about an input', () => {
  test('a recording', () => {
    const seen = parseProbe(
      "[info] Input #0, matroska,webm, from 'file:a':\n[info]   Duration: 01:02:03.50, start: 1.400000, bitrate: 1\n" +
        '[info]   Stream #0:0: Video: h264\n[info]   Stream #0:1(eng): Audio: aac\n',
    );
    expect(seen).toMatchObject({
      ...{ container: 'matroska,webm', duration: 3723.5, unknownVideo: false, complaint: '' },
      video: { index: 0, size: undefined, transfer: 'sdr' },
      audio: [{ index: 1 }],
    });
  });

  test('a song with a cover picture is no video; what is live has no length', () => {
    const seen = parseProbe(
      "Input #0, mp3, from 'x':\n  Duration: N/A\n  Stream #0:0: Audio: mp3\n  Stream #0:1: Video: mjpeg (attached pic)\n",
    );
    expect(seen).toMatchObject({ video: undefined, audio: [{ index: 0 }], duration: undefined });
  });
});

describe('the streams of an input', () => {
  const of = (...lines: string[]) => parseStreams(lines.map((line) => `[info]   ${line}\n`).join(''));
  const red = 'Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 64x40, 5 fps';
  const blue =
    'Stream #0:1: Video: vp9, yuv420p10le(tv, bt2020nc/bt2020/smpte2084), 1440x1080 [SAR 4:3 DAR 16:9], 5 fps';

  test('best first: the default, then the largest; covers and unknown codecs are none', () => {
    const cover =
      'Stream #0:2: Video: mjpeg, yuvj420p(pc), 900x900 [SAR 1:1 DAR 1:1], 90k tbr (attached pic) (default)';
    const unknown = 'Stream #0:3: Video: none (zzzz / 0x7A7A7A7A), none, 3840x2160, 5 fps (default)';
    expect(of(red, blue, cover, unknown).video.map(({ index }) => index)).toEqual([1, 0]);
    expect(of(`${red} (default)`, blue, cover, unknown).video.map(({ index }) => index)).toEqual([0, 1]);
  });

  test('as they are shown: square pixels, upright, and in which range', () => {
    expect(of(blue).video[0]).toMatchObject({ size: { width: 1920, height: 1080 }, transfer: 'pq' });
    expect(of(`${red.replace('64x40', '64x40 [SAR 1:1 DAR 8:5], SAR 5:2 DAR 4:1')}`).video[0]?.size?.width).toBe(160);
    const turned = of(red, '  Side data:', '    displaymatrix: rotation of -90.00 degrees', blue);
    expect(turned.video.map(({ size }) => size)).toEqual([
      { width: 1920, height: 1080 },
      { width: 40, height: 64 },
    ]);
  });

  test('what is not done for it is told', () => {
    const dolby = (profile: number) => [
      blue,
      `    DOVI configuration record: version: 1.0, profile: ${profile}, level: 6, compatibility id: 0`,
    ];
    const five = of(...dolby(5)).video;
    expect(notDone('film', five[0], five)).toEqual([expect.stringContaining('colours are shown wrong')]);
    expect(notDone('film', undefined, five)).toEqual([expect.stringContaining('colours are shown wrong')]);
    const eight = of(...dolby(8)).video;
    expect(notDone('film', eight[0], eight)).toEqual([]);
    // A stream that could not be looked at beforehand.
    const both = of(red, blue).video;
    expect(notDone('live', undefined, both)).toEqual([expect.stringContaining('has 2 videos')]);
    expect(notDone('live', undefined, of(blue).video)).toEqual([expect.stringContaining('is HDR')]);
    expect(notDone('live', undefined, of(red).video)).toEqual([]);
    expect(notDone('live', both[0], both)).toEqual([]);
  });

  test("a recording's own texts are not taken for ffmpeg's", () => {
    const title = `[info]     title           : x\n                    :   Duration: 99:00:00.00, start: 0\n`;
    const more = `                    : [info]   Stream #0:7: Video: h264, yuv420p, 9999x9999 (default)\n`;
    const seen = parseProbe(`${title}${more}[info]   Duration: 00:00:02.00, start: 0\n[info]   ${red}\n`);
    expect(seen).toMatchObject({ duration: 2, video: { index: 0, size: { width: 64, height: 40 } } });
  });
});

describe('displays', () => {
  test("the size is in ffmpeg's refusal", () => {
    const refusal = '[x11grab @ 0x1] Capture area 30000x30000 at position 0.0 outside the screen size 1280x800';
    expect(parseRefusal(refusal)).toEqual({ width: 1280, height: 800 });
    expect(parseRefusal('Cannot open display :9, error 1.')).toBeUndefined();
  });

  test('monitors, the primary one marked, also left of the origin', () => {
    const listing =
      'Monitors: 2\n 0: +*eDP-1 1920/344x1080/194+0+0  eDP-1\n 1: +HDMI-1 2560/600x1440/340+-2560+0  HDMI-1\n';
    expect(parseMonitors(listing)).toEqual([
      { name: 'eDP-1', width: 1920, height: 1080, x: 0, y: 0, primary: true },
      { name: 'HDMI-1', width: 2560, height: 1440, x: -2560, y: 0, primary: false },
    ]);
  });

  test('windows with a title, slivers left out', () => {
    const tree = [
      '     0x20000c "say "hi" (1)": ("xterm" "XTerm")  484x316+0+0  +100+50',
      '        0x200018 (has no name): ()  484x316+0+0  +101+51',
      '     0x400001 "leader": ("app" "App")  1x1+0+0  +0+0',
    ].join('\n');
    expect(parseWindows(tree)).toEqual([
      { window: '0x20000c', title: 'say "hi" (1)', width: 484, height: 316, x: 100, y: 50 },
    ]);
  });
});

describe('cameras', () => {
  test('DirectShow, in both of its listings', () => {
    const recent =
      '[dshow @ 0x1] "HD Webcam" (video)\n[dshow @ 0x1]   Alternative name "@device_pnp"\n[dshow @ 0x1] "Mic" (audio)\n';
    const older =
      '[dshow @ 0x1] DirectShow video devices\n[dshow @ 0x1]  "HD Webcam"\n[dshow @ 0x1] DirectShow audio devices\n[dshow @ 0x1]  "Mic"\n';
    const expected = [{ device: 'HD Webcam', name: 'HD Webcam' }];
    expect(parseDirectShow(recent)).toEqual(expected);
    expect(parseDirectShow(older)).toEqual(expected);
  });

  test('AVFoundation, without screens and microphones', () => {
    const listing =
      '[AVFoundation indev @ 0x1] AVFoundation video devices:\n[AVFoundation indev @ 0x1] [0] FaceTime HD Camera\n' +
      '[AVFoundation indev @ 0x1] [1] Capture screen 0\n[AVFoundation indev @ 0x1] AVFoundation audio devices:\n' +
      '[AVFoundation indev @ 0x1] [0] Microphone\n';
    expect(parseAvFoundation(listing)).toEqual([{ device: '0', name: 'FaceTime HD Camera' }]);
  });

  test('the first one, by number, by a part of the name; else the known ones are named', () => {
    const cameras = [
      { device: '/dev/video0', name: 'HD Webcam' },
      { device: '/dev/video2', name: 'Capture card' },
    ];
    expect(chooseCamera(cameras, undefined)).toBe('/dev/video0');
    expect(chooseCamera(cameras, '2')).toBe('/dev/video2');
    expect(chooseCamera(cameras, 'card')).toBe('/dev/video2');
    expect(() => chooseCamera(cameras, '1')).toThrow(/Known are \/dev\/video0 \(HD Webcam\), \/dev\/video2/);
    expect(() => chooseCamera([], undefined)).toThrow(/no camera/);
  });
});
