import { describe, expect, test } from 'vitest';
import { OnlookerError } from '../../main/base/errors.ts';
import { parseSource } from '../../main/capture/source-description.ts';

describe('what the user calls a source', () => {
  test.each([
    ['talk.mp4', { kind: 'file', path: 'talk.mp4' }],
    ['./screen', { kind: 'file', path: './screen' }],
    ['C:\\clips\\a b.mkv', { kind: 'file', path: 'C:\\clips\\a b.mkv' }],
    ['file:///tmp/a%20b.mp4', { kind: 'file', path: '/tmp/a b.mp4' }],
    ['-', { kind: 'stdin' }],
    ['screen', { kind: 'screen', monitor: undefined }],
    ['screen:1', { kind: 'screen', monitor: 1 }],
    ['window:Build: log', { kind: 'window', title: 'Build: log' }],
    ['camera', { kind: 'camera', device: undefined }],
    ['camera:/dev/video2', { kind: 'camera', device: '/dev/video2' }],
    ['https://host/a.mp4?x=1', { kind: 'web', url: 'https://host/a.mp4?x=1' }],
    ['rtsp://host/door', { kind: 'stream', url: 'rtsp://host/door', scheme: 'rtsp' }],
    ['RTMP://host/live', { kind: 'stream', url: 'RTMP://host/live', scheme: 'rtmp' }],
  ])('%s', (text, expected) => {
    expect(parseSource(text)).toEqual(expected);
  });

  test.each([
    ['gopher://host/a', 'source-unsupported', 'rtsp'],
    ['concat://a|b', 'source-unsupported', 'file, http'],
    ['screen:left', 'usage', 'screen:0'],
    ['window:', 'usage', 'title'],
    ['', 'usage', 'empty'],
  ])('%s is refused and says what would do', (text, code, words) => {
    const refusal = (() => {
      try {
        return parseSource(text);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(OnlookerError);
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
