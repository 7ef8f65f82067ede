/** Another instruction in mid-stream: it takes the old one's place at the head, and what lies behind it stays. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StreamingSession } from '../../main/live/session.ts';
import type { Decision, SessionFrame } from '../../main/live/session-types.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageModel } from '../../main/llama/types.ts';
import { tinyFrames, tinyManifest } from '../support/tiny-bundle.ts';

let model: LanguageModel;
let frames: SessionFrame[];

beforeAll(async () => {
  model = await openLanguageModel(fileURLToPath(new URL('../fixtures/tiny-llama.gguf', import.meta.url)));
  frames = tinyFrames(60, model.embeddingWidth);
});
afterAll(() => model[Symbol.asyncDispose]());

const open = (instruction: string) =>
  StreamingSession.open(tinyManifest(), model, { instruction, chattiness: 0, batch: 4 });
const see = (session: StreamingSession, from: number, to: number) =>
  Array.fromAsync(session.see(frames.slice(from, to)));

/** Most that two runs' p(silence) differ by, as a share. */
function distance(some: readonly Decision[], others: readonly Decision[]): number {
  expect(some.length).toBe(others.length);
  return Math.max(...some.map(({ pSilent }, i) => Math.abs(pSilent / others[i]!.pSilent - 1)));
}

test('before the first frame: as if it had been there from the start', async () => {
  await using changed = await open('one thing');
  await using fresh = await open('quite another thing, and longer');
  await changed.change({ instruction: 'quite another thing, and longer' });
  expect(changed.spans).toEqual(fresh.spans);
  expect(distance(await see(changed, 0, 30), await see(fresh, 0, 30))).toBeLessThan(0.001);
});

test('there and back: the frames behind it are what they were', async () => {
  await using changed = await open('one thing');
  await using steady = await open('one thing');
  await see(changed, 0, 12);
  await see(steady, 0, 12);
  await changed.change({ instruction: 'quite another thing, and longer' });
  await changed.change({ instruction: 'one thing' });
  expect(changed.spans).toEqual(steady.spans);
  expect(distance(await see(changed, 12, 60), await see(steady, 12, 60))).toBeLessThan(0.02);
});

test('it makes a difference, the frames stay in the ledger, and a snapshot holds it', async () => {
  await using changed = await open('one thing');
  await using steady = await open('one thing');
  await see(changed, 0, 12);
  await see(steady, 0, 12);
  await changed.change({ instruction: 'quite another thing, and longer' });
  const kinds = (session: StreamingSession) => session.spans.map(({ kind }) => kind);
  expect(kinds(changed)).toEqual(kinds(steady));
  expect(changed.length).toBeGreaterThan(steady.length);
  const saved = await changed.save();
  expect(saved.state.instruction).toBe('quite another thing, and longer');
  const next = await see(changed, 12, 30);
  expect(distance(next, await see(steady, 12, 30))).toBeGreaterThan(0.02);
  await using restored = await open('one thing');
  await restored.restore(saved);
  expect(distance(await see(restored, 12, 30), next)).toBeLessThan(0.001);
  expect(await changed.ask('what was it?', 15)).toEqual(expect.any(String));
});
