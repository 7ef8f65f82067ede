/** Four simulated hours: what happened in the first one is still told, in bounded room. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { LiveEvent } from '../../main/live/events.ts';
import { NarrationRun } from '../../main/live/narration-run.ts';
import { StreamingSession } from '../../main/live/session.ts';
import type { SeenFrame } from '../../main/live/vision-stage.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import { Random } from '../../native-models/desk-world/random.ts';
import { tinyManifest } from '../support/tiny-bundle.ts';

const frames = 28_800;

test('"what happened so far" after four hours', async () => {
  await using model = await openLanguageModel(fileURLToPath(new URL('../fixtures/tiny-llama.gguf', import.meta.url)));
  const manifest = tinyManifest();
  Object.assign(manifest.decision, { theta: 1, refractorySeconds: 30, replyCap: 4 });
  await using session = await StreamingSession.open(manifest, model, { batch: 16 });
  const random = new Random(5);
  const screens = Array.from({ length: 50 }, () =>
    Float32Array.from({ length: 10 * model.embeddingWidth }, () => 2 * random.next() - 1),
  );
  const question = { t: frames / 2 - 1, text: 'What happened so far?' };
  const run = new NarrationRun(session, { questions: [question] });
  const seen = (index: number): SeenFrame => ({
    ...{ type: 'frame', index, t: index / 2, capturedAt: performance.now(), tokens: screens[index % 50]! },
    ...{ encoded: true, embedding: undefined, changed: 1, lastEncoded: index, stillRun: 0 },
  });
  const narrated = new Map<number, string>();
  let answer = '';
  const take = (event: LiveEvent) => {
    if (event.type === 'narration') narrated.set(Math.floor(event.t), event.text);
    if (event.type === 'answer') answer = event.text;
  };
  for (let from = 0; from < frames; from += 16) {
    for await (const event of run.take(Array.from({ length: 16 }, (_, i) => seen(from + i)))) take(event);
  }
  expect(narrated.size).toBeGreaterThan(300);
  expect(answer).toMatch(/^Earlier: \[0:\d\d:\d\d\] .* \(and \d+ more\) Lately: /s);
  expect(answer.length).toBeLessThan(4000);
  // Every line of it was said then, and every hour has some.
  const told = [...answer.matchAll(/\[(\d):(\d\d):(\d\d)\]/g)].map(([, h, m, s]) => 3600 * +h! + 60 * +m! + +s!);
  for (const t of told) expect(answer).toContain(narrated.get(t)!.slice(0, 200));
  expect(new Set(told.map((t) => Math.floor(t / 3600)))).toEqual(new Set([0, 1, 2, 3]));
}, 120_000);
