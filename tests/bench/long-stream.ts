/** Four hours of stream: is a frame as quick at the end as at the start, and does memory stay where it was? */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bundle } from '../../main/bundle/bundle.ts';
import { StreamingSession } from '../../main/live/session.ts';
import type { SessionFrame } from '../../main/live/session-types.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import { median, short } from './material.ts';

const hours = 4;
/** Every simulated ten minutes are one window of measurement. */
const windowSeconds = 600;

setFlagsFromString('--expose-gc');
/** What is only waiting to be collected is not growth. */
const collectGarbage = runInNewContext('gc') as () => void;

/** Feeds stored tokens over and over, one frame at a time, as a live stream would. */
export async function longStream(bundle: Bundle, stored: readonly SessionFrame[]) {
  const { fps } = bundle.manifest;
  const framesInWindow = windowSeconds * fps;
  await using model = await openLanguageModel(bundle.path('language'));
  await using session = await StreamingSession.open(bundle.manifest, model);

  const medians: number[] = [];
  const residentMb: number[] = [];
  let narrations = 0;
  for (let index = 0, times: number[] = []; index < hours * 3600 * fps; index++) {
    const tokens = stored[index % stored.length]!.tokens;
    const before = performance.now();
    for await (const { text } of session.see([{ index, t: index / fps, tokens }])) if (text !== undefined) narrations++;
    times.push(performance.now() - before);
    if (times.length < framesInWindow) continue;
    medians.push(median(times));
    collectGarbage();
    residentMb.push(process.memoryUsage.rss() / 2 ** 20);
    times = [];
  }
  const early = medians[1]!; // minutes 10 to 20
  const late = medians.at(-1)!;
  return {
    longStreamFrames: hours * 3600 * fps,
    longStreamNarrations: narrations,
    longStreamMsPerFrameMinutes10To20: short(early),
    longStreamMsPerFrameLast10Minutes: short(late),
    longStreamSlowdown: short(late / early),
    longStreamRssGrowthMb: short(residentMb.at(-1)! - residentMb[1]!),
  };
}
