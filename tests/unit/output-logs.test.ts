import { expect, test } from 'vitest';
import { shortTime } from '../../main/base/clock.ts';
import type { GapEvent, LiveEvent } from '../../main/live/events.ts';
import { markdownText, oneLine } from '../../main/output/clean-text.ts';
import { jsonLines } from '../../main/output/format.ts';
import { plainText, readableLine, summary } from '../../main/output/lines.ts';
import { markdown } from '../../main/output/markdown.ts';

const gap: GapEvent = { type: 'gap', from: 30, to: 42, reason: 'stalled', dropped: 24 };
const finished = {
  type: 'finished',
  frames: 120,
  seconds: 60,
  narrations: 2,
  answers: 1,
  dropped: 24,
  wallMs: 2000,
  framesPerSecond: 60,
  realtimeFactor: 30,
  peakRssMb: 300,
  latencyP50Ms: 12.4,
  gaps: 1,
  latencyP95Ms: 20.6,
  complete: true,
} as const;
const events: LiveEvent[] = [
  { type: 'started', source: 'my_*file*.mp4', bundle: 'desk-nano', fps: 2, tokensPerFrame: 10 },
  { type: 'frame', index: 0, t: 0, pSilent: 1, encoded: true, changed: 3, reason: 'silent', latencyMs: 1 },
  { type: 'narration', t: 12.46, text: 'A terminal\nopened.', pSilent: 0.1, latencyMs: 5 },
  { type: 'answer', t: 20, query: 'What <b>is</b> open?', text: '# A terminal.', latencyMs: 9 },
  gap,
  { type: 'failed', code: 'source-lost', message: 'The camera is gone.' },
  finished,
];

test('lines for people', () => {
  expect(events.map(readableLine).filter((line) => line !== undefined)).toEqual([
    '[00:12.4] A terminal opened.',
    '[00:20.0] Q: What <b>is</b> open? / A: # A terminal.',
    '[00:30.0] (no picture until 00:42.0: stalled, 24 frames lost)',
  ]);
  expect(readableLine({ ...gap, from: 42, to: 30, dropped: 0 })).toBe('[00:30.0] (no picture until 00:42.0: stalled)');
  const jump = { ...gap, from: 30, to: 30, dropped: 0, reason: 'discontinuity' };
  expect(readableLine(jump)).toBe("[00:30.0] (the recording's clock jumps)");
});

test('the text file also says why it ended', () => {
  const format = plainText();
  const text = events.map((event) => format.on(event)).join('') + format.end();
  expect(text.split('\n')).toHaveLength(5);
  expect(text).toContain('(failed: The camera is gone.)\n');
});

test('JSON Lines keep every event as it is', () => {
  const format = jsonLines();
  const lines = events
    .map((event) => format.on(event))
    .join('')
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(events);
});

test('Markdown shows exactly the text, under a heading that says what was watched and when', () => {
  const format = markdown(new Date(2026, 4, 1, 9, 5));
  const text = events.map((event) => format.on(event)).join('') + format.end();
  expect(text).toBe(`# Log of my\\_\\*file\\*.mp4

- Source: my\\_\\*file\\*.mp4
- Bundle: desk-nano
- Date: 2026-05-01 09:05
- Sampling: 2 frames a second

## What happened

- **00:12.4** A terminal opened.
- **00:20.0** *What \\<b\\>is\\</b\\> open?* \\# A terminal.
- **00:30.0** *(no picture until 00:42.0: stalled, 24 frames lost)*

**It failed:** The camera is gone.

Watched 01:00.0 (120 frames) in 2.0 s, 30.0x real time: 2 narrations, 1 answer, 24 frames lost, 1 gap; a decision took 12 ms (p95 21 ms).
`);
  expect(markdownText('[a](b) `c` ~d~ | e & f \\ g')).toBe('\\[a\\](b) \\`c\\` \\~d\\~ \\| e \\& f \\\\ g');
});

test('the summary says when a run was cut short', () => {
  expect(summary({ ...finished, complete: false, dropped: 0, gaps: 0, frames: 1, narrations: 1 })).toBe(
    'Interrupted after 01:00.0 (1 frame) in 2.0 s, 30.0x real time: 1 narration, 1 answer, nothing lost; a decision took 12 ms (p95 21 ms).',
  );
  // What was never captured is no dropped frame, and was not seen either.
  expect(summary({ ...finished, dropped: 0, gaps: 2 })).toContain('1 answer, 2 gaps; ');
});

test.each([
  [0, '00:00.0'],
  [12.46, '00:12.4'],
  [59.96, '00:59.9'],
  [4.1, '00:04.1'],
  [3599.95, '59:59.9'],
  [3600, '1:00:00.0'],
  [36_061.2, '10:01:01.2'],
  [-1, '00:00.0'],
])('%d s is %s', (seconds, text) => {
  expect(shortTime(seconds)).toBe(text);
});

test('one line is safe on a terminal', () => {
  expect(oneLine('\u001b]0;title\u0007 red\u009b31m\r\n\u2066end\u2069')).toBe(']0;title red 31m end');
});
