/** Standing instructions for a model whose stream is always told to tell everything: what is not asked for is not said. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BundleManifest } from '../../main/bundle/manifest.ts';
import { StreamingSession } from '../../main/live/session.ts';
import type { Decision, SessionFrame, SessionOptions } from '../../main/live/session-types.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageModel } from '../../main/llama/types.ts';
import { tinyFrames, tinyManifest } from '../support/tiny-bundle.ts';

let model: LanguageModel;
let frames: SessionFrame[];
/** Of random weights, either is the likelier one for some sentences. */
const one = '<|end|>';
const other = '<|stream|>';

beforeAll(async () => {
  model = await openLanguageModel(fileURLToPath(new URL('../fixtures/tiny-llama.gguf', import.meta.url)));
  frames = tinyFrames(60, model.embeddingWidth);
});
afterAll(() => model[Symbol.asyncDispose]());

function manifest(said = one, withheld = other): BundleManifest {
  const tiny = tinyManifest();
  const judge = { everything: { en: 'tell all', ko: '모두 말해 줘' }, said, withheld };
  return { ...tiny, instruction: { ...tiny.instruction, judge } };
}

/** Speaks at every frame: theta is above any probability. */
const open = (bundle: BundleManifest, options: SessionOptions) =>
  StreamingSession.open(bundle, model, { theta: 1.1, batch: 4, ...options });
const see = (session: StreamingSession) => Array.fromAsync(session.see(frames));
const reasons = (decisions: readonly Decision[]) => decisions.map(({ reason }) => reason);

test('what is not asked for stays in mind, and not one word of it is shown', async () => {
  const words: { type: string }[] = [];
  const options = { instruction: 'only errors', onWords: (event: { type: string }) => words.push(event) };
  await using some = await open(manifest(one, other), options);
  await using opposite = await open(manifest(other, one), options);
  const decisions = await see(some);
  const opposed = await see(opposite);
  expect(reasons(decisions)).toEqual(expect.arrayContaining(['spoke', 'withheld']));
  const turned = { spoke: 'withheld', withheld: 'spoke' } as Record<string, string>;
  expect(reasons(opposed)).toEqual(reasons(decisions).map((reason) => turned[reason] ?? reason));
  for (const { reason, text } of [...decisions, ...opposed]) expect(text !== undefined).toBe(reason === 'spoke');
  expect(words.filter(({ type }) => type === 'speaking')).toEqual([]);
  // The stream is the same, whatever was said of it.
  expect(some.spans).toEqual(opposite.spans);
  expect(decisions.map(({ pSilent }) => pSilent)).toEqual(opposed.map(({ pSilent }) => pSilent));
});

test('under the default instruction everything is said, word by word', async () => {
  const words: object[] = [];
  await using session = await open(manifest(other, one), { onWords: (event) => words.push(event) });
  expect(reasons(await see(session))).not.toContain('withheld');
  expect(words.length).toBeGreaterThan(frames.length);
});

test('another instruction holds from the next frame on, and leaves the cache as it is', async () => {
  await using changed = await open(manifest(), { instruction: 'only errors' });
  await using steady = await open(manifest(), { instruction: 'only errors' });
  const before = changed.length;
  await changed.change({ instruction: 'something else entirely' });
  expect(changed.length).toBe(before);
  const decisions = await see(changed);
  const others = await see(steady);
  expect(decisions.map(({ pSilent }) => pSilent)).toEqual(others.map(({ pSilent }) => pSilent));
  expect(reasons(decisions)).not.toEqual(reasons(others));
  expect((await changed.save()).state.instruction).toBe('something else entirely');
  await changed.change({ instruction: '오류만' });
  expect(changed.length).not.toBe(steady.length); // in another language it is told to tell everything in that one
});

test('an instruction that is too long to be compared withholds nothing', async () => {
  await using session = await open(manifest(), { instruction: 'only errors '.repeat(300) });
  expect(reasons(await see(session))).not.toContain('withheld');
});

test('a verdict that is no single token is a bundle that does not fit together', async () => {
  const opening = open(manifest('yes, say it'), { instruction: 'only errors' });
  await expect(opening).rejects.toMatchObject({
    code: 'bundle-invalid',
    message: expect.stringMatching(/yes, say it/),
  });
});
