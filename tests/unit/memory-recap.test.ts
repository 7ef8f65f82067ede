import { expect, test } from 'vitest';
import { changePoints } from '../../main/memory/find/change-points.ts';
import type { Activity } from '../../main/memory/find/recap.ts';
import { recapMarkdown, writtenRecap } from '../../main/output/recap.ts';

/** A direction near one of the axes, never twice the same. */
function near(axis: number, i: number, noise = 0.1): Float32Array {
  return Float32Array.from({ length: 16 }, (_, k) => (k === axis ? 1 : 0) + noise * Math.sin(7 * i + 13 * k));
}

/** Directions near an axis, so many of each. */
function stretch(...parts: readonly [axis: number, count: number][]): Float32Array[] {
  return parts.flatMap(([axis, count]) => Array.from({ length: count }, (_, i) => near(axis, i)));
}

test.each<[string, (Float32Array | undefined)[], number[]]>([
  ['nothing', [], []],
  ['one picture', stretch([0, 1]), []],
  ['one activity', stretch([0, 100]), []],
  ['a picture that stands still', Array.from({ length: 50 }, () => near(3, 1)), []],
  ['two activities', stretch([0, 20], [1, 30]), [20]],
  ['three, the first again', stretch([0, 20], [1, 15], [0, 20]), [20, 35]],
  ['a dialog', stretch([0, 30], [1, 1], [0, 30]), []],
  ['a change too near to the end', stretch([0, 20], [1, 3]), []],
  ['no picture at first', [...Array.from({ length: 20 }, () => undefined), ...stretch([0, 20], [1, 20])], [40]],
  ['no picture at all', Array.from({ length: 30 }, () => undefined), []],
])('change points: %s', (_, directions, places) => {
  expect(changePoints(directions)).toEqual(places);
});

test('change points do not depend on how long the vectors are, or on how narrow the cone is they lie in', () => {
  const narrow = [...stretch([0, 20]), ...stretch([1, 20])].map((direction, i) =>
    direction.map((value, k) => (1 + i) * (value + (k === 15 ? 2 : 0))),
  );
  expect(changePoints(narrow)).toEqual([20]);
});

const noon = new Date(2026, 4, 1, 12).getTime();

function activity(given: Partial<Activity>): Activity {
  const place = { session: 1, source: 'screen', kind: 'screen', from: 0, to: 600, at: noon, until: noon + 600_000 };
  return { ...place, changed: true, lines: [], ...given };
}

const line = (t: number, text: string, pSilent = 0.5) =>
  ({ t, at: noon + 1000 * t, kind: 'narration', text, pSilent }) as const;

test('a recap says what happened when, the same in a row once, and of many things the surest', () => {
  const activities = [
    activity({
      lines: [
        line(1, 'One.'),
        line(2, 'Two.', 0.01),
        line(3, 'Two.', 0.9),
        line(50, 'A *new* A_terminal.', 0),
        line(60, 'Three.', 0.8),
      ],
    }),
    activity({ from: 700, to: 8000, at: noon + 700_000, until: noon + 8_000_000, changed: false }),
    activity({
      ...{ session: 2, source: '/home/me/a_b.mp4', kind: 'file', from: 30, to: 75, at: noon + 86_400_000 },
      ...{ until: noon + 86_402_000, lines: [line(31, 'It began.')] },
    }),
  ];
  const text = recapMarkdown(writtenRecap(activities, 2));
  expect(text).toBe(`# Recap

Watched 2 h 12 min in 2 sessions: 3 activities, 6 texts.

## 2026-05-01

### 12:00 to 12:10: screen (10 min)

- **12:00:02** Two. (2 times)
- **12:00:50** A \\*new\\* A\\_terminal.
- and 2 more

### 12:11 to 14:13: screen (2 h 2 min)

The picture stood still.

## 2026-05-02

### 12:00 to 12:00: /home/me/a\\_b.mp4, 00:30.0 to 01:15.0 (45 s)

- **00:31.0** It began.`);
});
