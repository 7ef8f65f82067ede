/** Silent-frame batching: the same text from 16 frames a decode as from one, sooner; and what a silent frame costs. */
import type { Bundle } from '../../main/bundle/open-bundle.ts';
import { type SessionFrame, StreamingSession } from '../../main/live/session.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageModel } from '../../main/llama/types.ts';
import { median, short } from './material.ts';

/** Runs over the same frames; one and the other in turn, so that a slow moment of the machine hits both. */
const repetitions = 3;

export async function batching(bundle: Bundle, frames: readonly SessionFrame[]) {
  await using model = await openLanguageModel(bundle.path('language'));
  const single: number[] = [];
  const batched: number[] = [];
  let same = true;
  for (let i = 0; i < repetitions; i++) {
    const one = await languageStage(bundle, model, frames, 1);
    const many = await languageStage(bundle, model, frames, 16);
    single.push(one.ms);
    batched.push(many.ms);
    same &&= one.text === many.text;
  }
  return {
    batchTextSame: same,
    batch1MsPerFrame: short(median(single) / frames.length),
    batch16MsPerFrame: short(median(batched) / frames.length),
    batch16Speedup: short(median(single) / median(batched)),
    silentFrameDecodeTokens: await silentFrameCost(bundle, model, frames),
  };
}

async function languageStage(bundle: Bundle, model: LanguageModel, frames: readonly SessionFrame[], batch: number) {
  await using session = await StreamingSession.open(bundle.manifest, model, { batch });
  const before = performance.now();
  const said: string[] = [];
  for await (const { t, text } of session.see(frames)) if (text !== undefined) said.push(`${t} ${text}`);
  return { ms: performance.now() - before, text: said.join('\n') };
}

/** Tokens decoded per frame, beyond the frame's own embeddings, when every frame ends in silence. */
async function silentFrameCost(bundle: Bundle, model: LanguageModel, frames: readonly SessionFrame[]) {
  await using session = await StreamingSession.open(bundle.manifest, model, { theta: 0, batch: 1 });
  const before = session.counters.tokens;
  for await (const { text } of session.see(frames)) if (text !== undefined) throw new Error('theta 0 must be silent');
  return (session.counters.tokens - before) / frames.length;
}
