/** Which frame a question gets a closer look at: the newest that the model has seen, and none that was forgotten. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Command, Wish } from '../../main/live/control.ts';
import { NarrationRun, type RunOptions } from '../../main/live/narration-run.ts';
import { StreamingSession } from '../../main/live/session.ts';
import type { SessionFrame } from '../../main/live/session-types.ts';
import type { Seen } from '../../main/live/vision-stage.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageModel } from '../../main/llama/types.ts';
import { tinyFrames, tinyManifest } from '../support/tiny-bundle.ts';

let model: LanguageModel;
let frames: SessionFrame[];

beforeAll(async () => {
  model = await openLanguageModel(fileURLToPath(new URL('../fixtures/tiny-llama.gguf', import.meta.url)));
  frames = tinyFrames(12, model.embeddingWidth);
});
afterAll(() => model[Symbol.asyncDispose]());

/** A frame as the vision stage gives it; its picture is one byte, its number. */
const seen = ({ index, t, tokens }: SessionFrame, still = false): Seen => ({
  type: 'frame',
  index,
  t,
  capturedAt: performance.now(),
  tokens: still ? undefined : tokens,
  encoded: !still,
  embedding: undefined,
  picture: { width: 1, height: 1, pixels: Uint8Array.of(index) },
  changed: 0,
  lastEncoded: index,
  stillRun: 0,
});

const command = (wish: Wish): Command => ({ type: 'command', wish, done: Promise.withResolvers() });

/** Lets the stream go by; returns which frames were looked at more closely, and the answers. */
async function watch(stream: readonly Seen[], options: Partial<RunOptions> = {}) {
  await using session = await StreamingSession.open(tinyManifest(), model, { theta: 0, batch: 4 });
  const looked: number[] = [];
  const lookClosely = async ([number]: Uint8Array) => {
    looked.push(number!);
    return frames[number!]!.tokens;
  };
  const run = new NarrationRun(session, { questions: [], lookClosely, ...options });
  const events = await Array.fromAsync(run.take(stream));
  events.push(...(await Array.fromAsync(run.end(false))));
  const answers = events.flatMap((event) => (event.type === 'answer' ? [event.text] : []));
  expect(session.spans.filter(({ kind, frame }) => kind === 'frame' && frame! < 0)).toEqual([]);
  return { looked, answers };
}

test('a question of a moment gets the frame of that moment, whatever is in the batch behind it', async () => {
  const questions = [
    { t: 1.2, text: 'what is it?' },
    { t: 99, text: 'and at the end?' },
  ];
  const { looked, answers } = await watch(
    frames.map((frame) => seen(frame)),
    { questions },
  );
  expect(looked).toEqual([3, 11]);
  expect(answers).toHaveLength(2);
});

test('one that is asked meanwhile gets the newest frame, also one in which nothing changed', async () => {
  const ask = () => command({ type: 'ask', text: 'what is it?' });
  const stream = [...frames.slice(0, 4).map((frame) => seen(frame)), ask(), seen(frames[4]!, true), ask()];
  expect((await watch(stream)).looked).toEqual([3, 4]);
});

test('what was forgotten is not looked at again', async () => {
  const ask = () => command({ type: 'ask', text: 'what is it?' });
  const forget = command({ type: 'forget', from: 0, before: Date.now() + 60_000 });
  const stream = [...frames.slice(0, 4).map((frame) => seen(frame)), forget, ask(), seen(frames[4]!), ask()];
  const { looked, answers } = await watch(stream);
  expect(looked).toEqual([4]);
  expect(answers).toHaveLength(2);
});

test('before the first frame, and where the bundle has no closer look, the question is answered without', async () => {
  const ask = command({ type: 'ask', text: 'what is it?' });
  expect(await watch([ask])).toMatchObject({ looked: [], answers: [expect.any(String)] });
  const again = command({ type: 'ask', text: 'what is it?' });
  const plain = await watch([seen(frames[0]!), again], { lookClosely: undefined });
  expect(plain.answers).toHaveLength(1);
});
