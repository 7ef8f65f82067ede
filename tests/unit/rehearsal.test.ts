/** What would have been said in the last minutes under another threshold. */
import { expect, test } from 'vitest';
import { Rehearsal } from '../../main/assistant/rehearsal.ts';
import type { SpeakingReason } from '../../main/live/events.ts';
import { type PolicySettings, SpeakingPolicy } from '../../main/live/policy.ts';

const plain: PolicySettings = { theta: 0.4, rearm: null, refractorySeconds: 0, repeatSeconds: 0 };
const start = 1_000_000;

/** Two frames a second; `at` counts from the first. */
function seen(probabilities: readonly number[], reason: SpeakingReason = 'silent'): Rehearsal {
  const rehearsal = new Rehearsal();
  for (const [i, pSilent] of probabilities.entries()) {
    rehearsal.take({ t: i / 2, pSilent, reason, at: start + i * 500 });
  }
  return rehearsal;
}
const frames = (times: readonly number[]) => times.map((at) => (at - start) / 500);

test('it is the speaking policy: theta, a pause after a narration, and being sure of silence before the next', () => {
  const rehearsal = seen([0.9, 0.3, 0.2, 0.3, 0.9, 0.39, 0.4]);
  const spoken = (settings: Partial<PolicySettings>) => frames(rehearsal.play({ ...plain, ...settings }, 2).spoken);
  expect(spoken({})).toEqual([1, 2, 3, 5]);
  expect(spoken({ theta: 0.1 })).toEqual([]);
  expect(spoken({ refractorySeconds: 1 })).toEqual([1, 3, 5]);
  expect(spoken({ rearm: 0.8 })).toEqual([1, 5]);
});

test('it talks as much as is set, and the threshold shown is the one that counts', () => {
  const rehearsal = seen([0.9, 0.3, 0.9, 0.5, 0.7]);
  const played = ([0, 1, 2, 3, 4] as const).map((level) => rehearsal.play(plain, level));
  expect(played.map(({ spoken }) => frames(spoken))).toEqual([[], [], [1], [1, 3], [1, 3, 4]]);
  expect(played.map(({ theta }) => theta)).toEqual([0.4, 0.24, 0.4, 0.58, 0.76].map((theta) => expect.closeTo(theta)));
  expect(played[0]?.points[1]).toEqual({ at: start + 500, pSilent: 0.3 });
});

test('under the settings that held it is what was said', () => {
  const settings = { ...plain, rearm: 0.6, refractorySeconds: 3 };
  const policy = new SpeakingPolicy(settings, 3);
  const rehearsal = new Rehearsal();
  const said: number[] = [];
  for (let i = 0; i < 1000; i++) {
    const [t, pSilent, at] = [i / 2, Math.abs(Math.sin(i * i)), start + i * 500];
    const decided = policy.decide(t, pSilent);
    // Every third narration would have been a copy of another.
    const reason = decided === 'spoke' && i % 3 === 0 ? 'repeat' : decided;
    if (decided === 'spoke') policy.narrated(t, reason === 'repeat' ? null : `Event ${i}.`);
    if (reason === 'spoke') said.push(at);
    rehearsal.take({ t, pSilent, reason, at });
  }
  expect(said.length).toBeGreaterThan(50);
  expect(rehearsal.play(settings, 3).spoken).toEqual(said);
});

test('frames of which the model was not asked say nothing', () => {
  expect(seen([0.1, 0.1], 'still').play(plain, 2).spoken).toEqual([]);
});

test('another stream begins anew', () => {
  const rehearsal = seen([0.1]);
  rehearsal.take({ t: 30, pSilent: 0.9, reason: 'silent', at: start + 30_000 });
  rehearsal.take({ t: 0, pSilent: 0.1, reason: 'spoke', at: start + 31_000 });
  expect(rehearsal.play({ ...plain, rearm: 0.95 }, 2).spoken).toEqual([start, start + 31_000]);
});

test('ten minutes are kept, and nothing of what is forgotten', () => {
  const rehearsal = seen(Array(1300).fill(0.1));
  expect(frames(rehearsal.play(plain, 2).spoken)).toEqual(range(100, 1300));
  rehearsal.forget({ from: start + 60_000, before: start + 649_500 });
  expect(frames(rehearsal.play(plain, 2).spoken)).toEqual([...range(100, 120), 1299]);
});

function range(from: number, before: number): number[] {
  return Array.from({ length: before - from }, (_, i) => from + i);
}
