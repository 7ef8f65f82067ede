import { expect, test } from 'vitest';
import { order, report } from '../../main/engine/messages.ts';
import type { LiveEvent, SpeakingEvent, UnsaidEvent } from '../../main/live/events.ts';

type Told = LiveEvent | SpeakingEvent | UnsaidEvent;

/** One of each kind with every field that it may have: the compiler asks for those that are new. */
const whole: { readonly [T in Told['type']]: Required<Extract<Told, { type: T }>> } = {
  started: { type: 'started', source: 's', bundle: 'b', fps: 2, tokensPerFrame: 10, encoder: 'e', stream: 'x' },
  frame: {
    ...{ type: 'frame', index: 3, t: 1.5, pSilent: 0.5, encoded: true, changed: 7 },
    ...{ reason: 'withheld', latencyMs: 4 },
  },
  narration: {
    type: 'narration',
    t: 2,
    text: 'A window opened.',
    pSilent: 0.25,
    latencyMs: 9,
    read: { text: 'build', app: 'xterm', title: 'build', box: { x: 1, y: 2, width: 3, height: 4 } },
  },
  answer: { type: 'answer', t: 2, query: 'What?', text: 'That.', latencyMs: 3, understood: false },
  gap: { type: 'gap', from: 1, to: 2, reason: 'ended', dropped: 4 },
  notice: { type: 'notice', t: 8, code: 'instruction-not-understood', message: 'It is not.' },
  failed: { type: 'failed', code: 'source-ended', message: 'It ended.' },
  finished: {
    ...{ type: 'finished', frames: 1, seconds: 2, narrations: 3, answers: 4, dropped: 5, gaps: 6, wallMs: 7 },
    ...{ framesPerSecond: 8, realtimeFactor: 9, peakRssMb: 10, latencyP50Ms: 11, latencyP95Ms: 12 },
    ...{ complete: true, end: 13 },
  },
  speaking: { type: 'speaking', of: 'answer', t: 1, text: 'Tha', query: 'What?' },
  unsaid: { type: 'unsaid', t: 1 },
};

test.each(Object.values(whole))('every field of $type comes out of the engine process as it went in', (event) => {
  const sent = { type: 'event', event, at: 1, since: 2 };
  expect(report.parse(sent)).toEqual(sent);
});

test.each([
  { type: 'event', event: { ...whole.frame, more: 1 }, at: 1 },
  { type: 'event', event: whole.frame, at: 1, more: 1 },
  { type: 'reply', id: 1, outcome: { ok: true, value: { ...whole.answer, more: 1 } } },
])('what the engine process tells is refused with a field that is not declared: %j', (sent) => {
  expect(report.safeParse(sent).success).toBe(false);
});

const watch = { source: 'screen', hiding: 'none' };
test.each([
  { id: 1, call: { name: 'watch', options: { ...watch, more: 1 }, continuation: {}, displays: false } },
  { id: 1, call: { name: 'watch', options: watch, continuation: { more: 1 }, displays: false } },
  { id: 1, call: { name: 'pause', more: 1 } },
  { id: 1, call: { name: 'pause' }, more: 1 },
  { beat: true, more: 1 },
])('what the host wants is refused with a field that is not declared: %j', (wanted) => {
  expect(order.safeParse(wanted).success).toBe(false);
});
