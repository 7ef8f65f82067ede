import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { WorkerLine } from '../../main/base/worker-line.ts';
import { PortFeed } from '../../main/capture/port-feed.ts';
import * as recorder from '../../main/memory/record/recorder-messages.ts';
import * as reader from '../../main/reading/reader-messages.ts';
import * as encoder from '../../main/vision/encoder-messages.ts';

test('a field that is not declared is refused, in each message of each thread and within it', () => {
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const line = { text: 'a', box, confidence: 1, paragraph: 0 };
  const frame = { type: 'frame', t: 0, at: 0, pSilent: 1, changed: 0, embedding: undefined };
  const messages = [
    [encoder.request, { type: 'reset' }],
    [encoder.reply, { type: 'opened', provider: 'CPU', onCpu: true }],
    [encoder.reply, { type: 'failed', message: 'why' }],
    [reader.request, { type: 'close' }],
    [reader.reply, { type: 'read', reading: { lines: [line], complete: true } }],
    [recorder.request, { type: 'write', rows: [frame] }],
    [recorder.reply, { type: 'forgotten', spans: [{ from: 0, to: 1 }] }],
  ] as const;
  for (const [schema, message] of messages) {
    expect(schema.safeParse(message).success, message.type).toBe(true);
    expect(schema.safeParse({ ...message, more: 1 }).success, message.type).toBe(false);
  }
  expect(
    reader.reply.safeParse({ type: 'read', reading: { lines: [{ ...line, more: 1 }], complete: true } }).success,
  ).toBe(false);
  expect(recorder.request.safeParse({ type: 'write', rows: [{ ...frame, more: 1 }] }).success).toBe(false);
});

test('pictures and tokens are not copied when they are checked, and what is none is refused', () => {
  const pixels = new Uint8Array(12);
  expect(encoder.request.parse({ type: 'encode', pixels, count: 1 })).toMatchObject({
    pixels: expect.toSatisfy((p) => p === pixels),
  });
  expect(encoder.request.safeParse({ type: 'encode', pixels: [...pixels], count: 1 }).success).toBe(false);
  expect(encoder.reply.safeParse({ type: 'looked', tokens: pixels }).success).toBe(false);
});

test('a thread that says what is not understood fails who waits for it', async () => {
  const script = `const { parentPort } = require('worker_threads');
    parentPort.postMessage({ type: 'opened' });
    parentPort.once('message', () => parentPort.postMessage({ type: 'closed', more: 1 }));`;
  const worker = new Worker(script, { eval: true });
  const line = new WorkerLine<reader.Request, reader.Reply>(worker, 'reading', reader.reply);
  expect(await line.opened).toEqual({ type: 'opened' });
  await expect(line.ask({ type: 'close' })).rejects.toThrow('the reading thread said what is not understood');
  await worker.terminate();
});

test.each([{ type: 'frame', pixels: [1, 2, 3] }, { type: 'ended', more: 1 }, 'what'])(
  'a page that captures and says what is not understood ends the feed: %j',
  async (message) => {
    const port = { listen: (take: (message: unknown) => void) => take(message), send: () => {}, close: () => {} };
    await using feed = new PortFeed(async () => port, 3);
    await expect(feed.pictures().next()).rejects.toThrow('not understood');
  },
);
