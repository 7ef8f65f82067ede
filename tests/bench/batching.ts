/**
 * Silent-frame batching: the same text from 16 frames a decode call as from one, sooner; and what a silent frame costs.
 * What batching gains depends on how often something is said, because frames behind a narration are fed twice. So it is
 * measured under two instructions on the same recording: to tell of errors only, as somebody does who waits for
 * something, and to tell everything, which in this crowded recording is a narration every few seconds. The language
 * stage has the machine for itself here (stored tokens, or an encoder on a GPU), so batches run on all cores; a third
 * figure keeps it to the threads that it gets beside an encoder on the CPU.
 */
import type { Bundle } from '../../main/bundle/bundle.ts';
import { StreamingSession } from '../../main/live/session.ts';
import type { SessionFrame, SessionOptions } from '../../main/live/session-types.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageModel } from '../../main/llama/types.ts';
import { median, short } from './material.ts';

/** Runs over the same frames; one and the other in turn, so that a slow moment of the machine hits both. */
const repetitions = 11;
const errorsOnly = 'Only tell me about errors.';

export async function batching(bundle: Bundle, frames: readonly SessionFrame[]) {
  await using model = await openLanguageModel(bundle.path('language'));
  const quiet = await compare(bundle, model, frames, errorsOnly);
  const lively = await compare(bundle, model, frames, bundle.manifest.instruction.default);
  const beside = await compare(bundle, model, frames, errorsOnly, true);
  return {
    batchTextSame: quiet.same && lively.same && beside.same,
    batchNarrations: quiet.narrations,
    batch1MsPerFrame: short(quiet.single / frames.length),
    batch16MsPerFrame: short(quiet.batched / frames.length),
    batch16Speedup: short(quiet.single / quiet.batched),
    besideEncoderBatch16Speedup: short(beside.single / beside.batched),
    livelyNarrations: lively.narrations,
    livelyBatch16Speedup: short(lively.single / lively.batched),
    silentFrameDecodeTokens: await silentFrameCost(bundle, model, frames),
  };
}

/** Median times of the language stage over all frames, in milliseconds. */
async function compare(
  bundle: Bundle,
  model: LanguageModel,
  frames: readonly SessionFrame[],
  instruction: string,
  sharesCpu = false,
) {
  const single: number[] = [];
  const batched: number[] = [];
  let same = true;
  let narrations = 0;
  for (let i = 0; i < repetitions; i++) {
    const one = await languageStage(bundle, model, frames, { instruction, sharesCpu, batch: 1 });
    const many = await languageStage(bundle, model, frames, { instruction, sharesCpu, batch: 16 });
    single.push(one.ms);
    batched.push(many.ms);
    same &&= one.said.join('\n') === many.said.join('\n');
    narrations = one.said.length;
  }
  return { same, narrations, single: median(single), batched: median(batched) };
}

async function languageStage(
  bundle: Bundle,
  model: LanguageModel,
  frames: readonly SessionFrame[],
  options: SessionOptions,
) {
  await using session = await StreamingSession.open(bundle.manifest, model, options);
  const before = performance.now();
  const said: string[] = [];
  for await (const { t, text } of session.see(frames)) if (text !== undefined) said.push(`${t} ${text}`);
  return { ms: performance.now() - before, said };
}

/** Tokens decoded per frame, beyond the frame's own embeddings, when every frame ends in silence. */
async function silentFrameCost(bundle: Bundle, model: LanguageModel, frames: readonly SessionFrame[]) {
  await using session = await StreamingSession.open(bundle.manifest, model, { theta: 0, batch: 1 });
  const before = session.counters.tokens;
  for await (const { text } of session.see(frames)) if (text !== undefined) throw new Error('theta 0 must be silent');
  return (session.counters.tokens - before) / frames.length;
}
