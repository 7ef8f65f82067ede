/** What has left the window stays told, in bounded room. */
import { expect, test } from 'vitest';
import { RollingSummary } from '../../main/live/rolling-summary.ts';
import { answerSoFar } from '../../main/live/so-far.ts';

const said = (t: number, text = `Event ${t}.`, pSilent = 0.2) =>
  ({ t, at: 1e12 + 1000 * t, kind: 'narration', text, pSilent }) as const;
const hours = 4 * 3600;

/** One narration every ten seconds, all of which leave the window a minute later. */
function watched(): RollingSummary {
  const summary = new RollingSummary();
  for (let t = 0; t < hours; t += 10) {
    summary.said(said(t, `Event ${t}.`, (t % 600) / 600));
    summary.follow([{ kind: 'narration', tokens: 1, t }]);
  }
  return summary;
}

test('four hours take as much room as one, and each hour has its share', () => {
  const summary = watched();
  expect(summary.lines.length).toBeLessThanOrEqual(128);
  expect(JSON.stringify(summary.state).length).toBeLessThan(40_000);
  for (let hour = 0; hour < 4; hour++) {
    const ofHour = summary.lines.filter(({ t }) => Math.floor(t / 3600) === hour);
    expect(ofHour.length).toBeGreaterThan(10);
    for (const { t, text } of ofHour) expect(text).toBe(`Event ${t}.`);
  }
  const { lines, all } = summary.told();
  expect([lines.length, all]).toEqual([12, hours / 10 - 1]); // the last one is in the window
  expect(lines.map(({ t }) => Math.floor(t / 1200))).toEqual(Array.from({ length: 12 }, (_, i) => i));
});

test('what is in the window is not told; what leaves it is, once', () => {
  const summary = new RollingSummary();
  summary.said(said(1));
  summary.follow([{ kind: 'narration', tokens: 1, t: 1 }]);
  expect(summary.lines).toEqual([]);
  summary.follow([]);
  summary.follow([]);
  expect(summary.lines).toEqual([said(1)]);
  expect(new RollingSummary(structuredClone(summary.state)).told()).toEqual({ lines: [said(1)], all: 1 });
});

test('what is repeated or unsure gives way, a long text is cut', () => {
  const summary = new RollingSummary();
  for (let t = 0; t < 8; t++) summary.said(said(t, t < 4 ? 'It works.' : `Event ${t}. ${'!'.repeat(300)}`, t / 10));
  summary.follow([]);
  expect(summary.lines.map(({ t }) => t)).toEqual([0, 4, 5, 6]);
  expect(summary.lines[1]!.text).toHaveLength(200);
});

test('what is forgotten is in none of it', () => {
  const summary = watched();
  const at = (t: number) => 1e12 + 1000 * t;
  summary.forget(at(0), at(5400));
  expect(summary.lines.some(({ t }) => t < 5400)).toBe(false);
  expect(summary.lines.some(({ t }) => t < 6000)).toBe(true);
  summary.forget(0, Number.MAX_SAFE_INTEGER);
  expect(summary.state).toMatchObject({ pieces: [], inWindow: [] });
});

test('only questions about all of it get it', () => {
  const summary = new RollingSummary();
  expect(answerSoFar('What happened so far?', 'A menu.', summary)).toBe('A menu.');
  for (const t of [65, 3725]) summary.said(said(t));
  summary.follow([]);
  expect(answerSoFar('What is open?', 'A menu.', summary)).toBe('A menu.');
  expect(answerSoFar('What happened so far?', 'A menu.', summary)).toBe(
    'Earlier: [0:01:05] Event 65. [1:02:05] Event 3725. Lately: A menu.',
  );
  expect(answerSoFar('지금까지 무슨 일이 있었어?', '메뉴.', summary)).toMatch(/^이전: \[0:01:05\] .* 최근: 메뉴\.$/);
});

test('answers, which snapshots of earlier versions hold, are not told as what happened', () => {
  const answer = { ...said(5, 'A terminal.'), kind: 'answer' } as const;
  const piece = { index: 0, fromAt: 0, toAt: 9e12, lines: [said(1, 'A menu opened.'), answer], more: 0 };
  const summary = new RollingSummary({ seconds: 60, pieces: [piece], inWindow: [answer, said(90, 'It closed.')] });
  summary.follow([]);
  expect(summary.lines.map(({ text }) => text)).toEqual(['A menu opened.', 'It closed.']);
  expect(answerSoFar('What happened so far?', 'Nothing.', summary)).not.toContain('A terminal.');
});
