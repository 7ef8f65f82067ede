import { describe, expect, test } from 'vitest';
import { OnlookerError } from '../../main/base/errors.ts';
import { shownAddress, withoutSecrets, withoutSecretsOf } from '../../main/base/secrets.ts';

describe('an address is shown without what gives access', () => {
  test.each([
    ['rtsp://root:hunter22@cam.local:554/live?channel=2', 'rtsp://***@cam.local:554/live?channel=2'],
    ['http://onlyakey9@cam.local/', 'http://***@cam.local/'],
    ['RTSPS://root:hunter22@[fe80::1]:322/x', 'RTSPS://***@[fe80::1]:322/x'],
    ['rtsp://root:hunt%40er22@cam/x', 'rtsp://***@cam/x'],
    ['rtsp://root%3Ahunter22%40cam/x', 'rtsp://***@cam/x'],
    ['rtsp://root:hun@ter22@cam/x', 'rtsp://***@cam/x'],
    ['rtsp://root:hun/ter?22#@cam/x', 'rtsp://***@cam/x'],
    ['rtsp://root:hunter 22@cam/x', 'rtsp://***@cam/x'],
    ['http://cam/v.mp4?token=hunter22&t=5', 'http://cam/v.mp4?token=***&t=5'],
    ['http://cam/v.mp4?%74oken=hunter22', 'http://cam/v.mp4?%74oken=***'],
    [
      'http://cam/v.mp4?X-Amz-Signature=hunter22&X-Amz-Credential=hunter22',
      'http://cam/v.mp4?X-Amz-Signature=***&X-Amz-Credential=***',
    ],
    [
      'http://cam/cgi?loginuse=hunter22&loginpas=hunter22;pin=hunter22',
      'http://cam/cgi?loginuse=***&loginpas=***;pin=***',
    ],
    ['http://cam/v.mp4?hunter22', 'http://cam/v.mp4?=***'],
    ['http://cam/v.mp4#access_token=hunter22', 'http://cam/v.mp4#access_token=***'],
    ['http://cam/v.mp4#chapter', 'http://cam/v.mp4#chapter'],
    ['rtsp://cam/user=root&password=hunter22&channel=1.sdp', 'rtsp://cam/user=root&password=***&channel=1.sdp'],
    ['http://proxy/?file=rtsp://root:hunter22@cam/x', 'http://proxy/?file=***'],
    ['http://proxy/?title=rtsp%3A%2F%2Froot%3Ahunter22%40cam', 'http://proxy/?title=***'],
    ['http://proxy/?id=1%26pin%3Dhunter22&t=5', 'http://proxy/?id=***&t=5'],
    ['http://proxy/?url=rtsp%3A%2F%2Froot%3Ahunter22%40cam', 'http://proxy/?url=***'],
    ['http://proxy/rtsp://root:hunter22@cam/x', 'http://proxy/rtsp://***@cam/x'],
    ['http://proxy/rtsp%3A%2F%2Froot%3Ahunter22%40cam/x', 'http://proxy/***/x'],
    ['srt://host:9000?passphrase=hunter22hunter22&mode=caller', 'srt://host:9000?passphrase=***&mode=caller'],
    ['http://host:8080/image@2x.png', 'http://host:8080/image@2x.png'],
    ['http://[::1]:8080/a', 'http://[::1]:8080/a'],
    ['/home/me/a:b@c.mp4', '/home/me/a:b@c.mp4'],
    ['window:Inbox (3) - me@example.org', 'window:Inbox (3) - me@example.org'],
  ])('%s', (typed, shown) => {
    expect(shownAddress(typed)).toBe(shown);
    expect(shownAddress(shown)).toBe(shown);
    expect(withoutSecrets(`It says "${shown}".`)).toBe(`It says "${shown}".`);
  });
});

test.each([
  'There is nothing at "http://root:hunter22@cam/x?a=1". Check the address.',
  'One source at a time: "rtsp://root:hunter22" or "x"?',
  'There is no file "root:hunter22@192.168.1.5/stream".',
  'There is no file "http:/root:hunter22@cam/x".',
  'Server sent Authorization: Basic hunter22== and Cookie: sid=hunter22',
  'GET http://cam/?auth=hunter22 HTTP/1.1',
  'x-api-key = hunter22',
])('a text: %s', (text) => {
  expect(withoutSecrets(text)).not.toContain('hunter22');
  expect(new OnlookerError('usage', text).message).toBe(withoutSecrets(text));
});

test('texts without secrets stay as they are', () => {
  for (const text of ['At 13:05, "a: b" @ home', 'https://example.org/a/b?v=abc&t=3', 'C:\\Videos\\a@b.mp4']) {
    expect(withoutSecrets(text), text).toBe(text);
  }
});

test('a message about an address names no part of its secrets', () => {
  const typed = 'rtsp://root:p%40ss/word9@cam/x?sig=abc%2Fdef';
  const messages = 'Failed to resolve hostname root:p%40ss\nbad "p@ss/word9", /word9@cam, sig abc/def or abc%2Fdef';
  const shown = withoutSecretsOf(['-i', typed], messages);
  for (const secret of ['p@ss', 'p%40ss', 'word9', 'abc/def', 'abc%2Fdef']) expect(shown).not.toContain(secret);
  expect(shown).toContain('Failed to resolve hostname');
});

test.each(['rtsp://root:hunter "22@cam/x', "rtmp://cam/app playpath=x token=hunter'22"])(
  'a password with a space or a quotation mark: %s',
  (typed) => {
    const shown = withoutSecretsOf(['-i', typed], `[error] ${typed}: Connection refused`);
    expect(shown).toBe(`[error] ${shownAddress(typed)}: Connection refused`);
    expect(shown).not.toMatch(/hunter|22/);
  },
);
