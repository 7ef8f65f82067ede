/** A saved session whose parts do not fit each other, though each of them is well formed: it is refused, with a code. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Span } from '../../main/live/ledger.ts';
import { StreamingSession } from '../../main/live/session.ts';
import type { SessionState } from '../../main/live/snapshot-header.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageModel } from '../../main/llama/types.ts';
import { tinyFrames, tinyManifest } from '../support/tiny-bundle.ts';

const fixture = new URL('../fixtures/tiny-llama.gguf', import.meta.url).pathname;
const manifest = tinyManifest();

let model: LanguageModel;
let saved: { state: SessionState; cache: Uint8Array };
beforeAll(async () => {
  model = await openLanguageModel(fixture);
  await using session = await StreamingSession.open(manifest, model, { theta: 0 });
  for await (const _ of session.see(tinyFrames(5, 64)));
  await session.ask('What?', 3);
  for await (const _ of session.see(tinyFrames(2, 64)));
  saved = await session.save();
});
afterAll(() => model[Symbol.asyncDispose]());

const withSpans = (change: (spans: Span[]) => Span[]): SessionState => ({
  ...saved.state,
  spans: change(saved.state.spans.map((span) => ({ ...span }))),
});

test('as it was saved, it goes on', async () => {
  await using session = await StreamingSession.open(manifest, model);
  // As a file gives it: at an odd place in memory that is not its own.
  const odd = Buffer.alloc(saved.cache.length + 1);
  odd.set(saved.cache, 1);
  await session.restore({ ...saved, cache: odd.subarray(1) });
  for await (const { reason } of session.see(tinyFrames(3, 64))) expect(reason).toBeDefined();
});

test.each<[string, () => SessionState]>([
  ['no spans at all', () => withSpans(() => [])],
  ['no prompt', () => withSpans((spans) => spans.slice(1))],
  ['another instruction', () => ({ ...saved.state, instruction: 'Only tell me about errors.' })],
  ['an instruction that is too long', () => ({ ...saved.state, instruction: 'word '.repeat(10_000) })],
  ['more cells than the cache', () => withSpans((spans) => [...spans, { kind: 'narration', tokens: 1, t: 9 }])],
  ['fewer cells than the cache', () => withSpans((spans) => spans.slice(0, -1))],
  [
    'a frame of another length',
    () => withSpans((spans) => spans.with(-1, { kind: 'frame', tokens: 9, t: 9, frame: 1 })),
  ],
  ['a query without an answer', () => withSpans((spans) => spans.filter(({ kind }) => kind !== 'answer'))],
  ['two prompts', () => withSpans((spans) => [...spans, spans[0]!])],
  [
    'nothing that may be evicted',
    () =>
      withSpans((spans) => [
        ...spans,
        ...Array.from({ length: 500 }, () => ({ kind: 'opening' as const, tokens: 1, t: 0 })),
      ]),
  ],
])('%s', async (_name, state) => {
  await using session = await StreamingSession.open(manifest, model);
  await expect(session.restore({ state: state(), cache: saved.cache })).rejects.toMatchObject({
    exitCode: 4,
    code: 'snapshot-unusable',
  });
});

test('an instruction that leaves no room for a frame is refused; so is a bundle whose own does not', async () => {
  await expect(StreamingSession.open(manifest, model, { instruction: 'word '.repeat(400) })).rejects.toMatchObject({
    code: 'usage',
  });
  await using session = await StreamingSession.open(manifest, model);
  await expect(session.change({ instruction: 'word '.repeat(400) })).rejects.toMatchObject({ code: 'usage' });
  const narrow = { ...manifest, window: { high: 8, low: 4, replies: 0 } };
  await expect(StreamingSession.open(narrow, model)).rejects.toMatchObject({ code: 'bundle-invalid' });
});

test('a reply as long as the bundle allows has room behind a full window', async () => {
  const talkative = {
    ...manifest,
    decision: { ...manifest.decision, replyCap: 600, theta: 1 },
    window: { high: 60, low: 40, replies: 20 },
  };
  await using session = await StreamingSession.open(talkative, model, { theta: 1 });
  for await (const { pSilent } of session.see(tinyFrames(1, 64))) expect(pSilent).toBeLessThanOrEqual(1);
  expect(await session.ask('What?', 9)).toBeTypeOf('string');
});
