import { describe, expect, test } from 'vitest';
import { itemsOf, keyOf } from '../../renderer/src/overlay/items.ts';
import { acceleratorOf } from '../../renderer/src/settings/accelerator.ts';
import { freshnessOf } from '../../renderer/src/state/freshness.ts';
import { plain } from '../../renderer/src/state/plain.ts';
import { readingMs } from '../../renderer/src/state/reading-time.ts';
import { dayOf, hoursOf, spanAround, ticksOf } from '../../renderer/src/state/spans.ts';
import { marked } from '../../renderer/src/timeline/marked.ts';
import { atTime, timeOf } from '../../renderer/src/timeline/time-of-day.ts';
import { watchingStatus } from '../support/window-story.ts';

describe('what the window derives', () => {
  test('model text loses control characters and overrides of direction, not letters', () => {
    expect(plain('a\u202Egnp.exe\u2069\u0000b\nc')).toBe('agnp.exe bc'.replace('bc', 'b c'));
    expect(plain('שלום <b>עולם</b>')).toBe('שלום <b>עולם</b>');
    expect(plain('👩‍👩‍👧 ok')).toBe('👩‍👩‍👧 ok');
  });

  test('a curve spans what was recorded, under round times', () => {
    expect(spanAround([])).toBeUndefined();
    const noon = new Date(2026, 4, 1, 12, 0, 0).getTime();
    expect(spanAround([noon, noon + 74_000])).toEqual({ from: noon - 5000, before: noon + 79_000 });
    const { at, step } = ticksOf({ from: noon - 5000, before: noon + 79_000 }, 8);
    expect(step).toBe(15_000);
    expect(at).toEqual([0, 15, 30, 45, 60, 75].map((seconds) => noon + seconds * 1000));
    expect(ticksOf(dayOf(noon), 8).at[0]).toBe(dayOf(noon).from);
  });

  test('longer texts stay longer, and a Korean syllable counts for more than a letter', () => {
    expect(readingMs('Short.')).toBe(6000);
    expect(readingMs('A command is running in the terminal.')).toBeGreaterThan(7000);
    expect(readingMs('터미널에서 명령이 실행되고 있습니다.')).toBeGreaterThan(readingMs('abcdefghij klmnop'));
    expect(readingMs('long '.repeat(1000))).toBe(30_000);
  });

  test('the dot follows the age of the last frame, whatever the state claims', () => {
    const status = { ...watchingStatus(), lastFrameAt: 100_000 };
    expect(freshnessOf(status, 105_000)).toBe('fresh');
    expect(freshnessOf(status, 105_001)).toBe('late');
    expect(freshnessOf(status, 120_000)).toBe('lost');
    expect(freshnessOf({ ...status, state: 'paused' }, 900_000)).toBe('paused');
    expect(freshnessOf({ ...status, state: 'failed' }, 100_000)).toBe('lost');
    expect(freshnessOf({ ...status, state: 'stalled' }, 100_000)).toBe('late');
    expect(freshnessOf({ ...status, state: 'starting', lastFrameAt: null }, 0)).toBe('late');
  });

  test('hours cover a day without holes, whatever the clocks do', () => {
    for (const date of [new Date(2026, 0, 5, 13), new Date(2026, 2, 29, 13), new Date(2026, 9, 25, 13)]) {
      const day = dayOf(date.getTime());
      const hours = hoursOf(day);
      expect(hours[0]?.from).toBe(day.from);
      expect(hours.at(-1)?.before).toBe(day.before);
      for (const [i, { from }] of hours.slice(1).entries()) expect(from).toBe(hours[i]!.before);
    }
  });

  test('times of a day are read as they are written', () => {
    const at = new Date(2026, 4, 1, 14, 5).getTime();
    expect(timeOf(at)).toBe('14:05');
    expect(atTime(at, '09:30')).toBe(new Date(2026, 4, 1, 9, 30).getTime());
    expect(atTime(at, '')).toBeUndefined();
  });

  test('words that were searched for are marked, and are text even where they look like patterns', () => {
    expect(marked('A terminal opened.', ['term'])).toEqual([
      { text: 'A ', hit: false },
      { text: 'term', hit: true },
      { text: 'inal opened.', hit: false },
    ]);
    expect(marked('cost (.*) here', ['(.*)']).filter(({ hit }) => hit)).toEqual([{ text: '(.*)', hit: true }]);
    expect(marked('터미널이 열렸다', ['터미널'])[0]).toEqual({ text: '터미널', hit: true });
    expect(marked('nothing', [])).toEqual([{ text: 'nothing', hit: false }]);
  });

  test('keys become accelerators as Electron writes them', () => {
    const event = { key: 'k', code: 'KeyK', ctrlKey: true, altKey: true, shiftKey: false, metaKey: false };
    expect(acceleratorOf(event)).toBe('Control+Alt+K');
    expect(acceleratorOf({ ...event, key: ' ', code: 'Space' })).toBe('Control+Alt+Space');
    expect(acceleratorOf({ ...event, key: '%', code: 'Digit5', shiftKey: true })).toBe('Control+Alt+Shift+5');
    expect(acceleratorOf({ ...event, key: 'Control', code: 'ControlLeft' })).toBeUndefined();
  });

  test('gaps stand between what was said before and after', () => {
    const speech = (id: number, at: number) => ({ id, kind: 'narration' as const, at, t: 0, text: 'x', done: true });
    const speeches = [speech(1, 10), speech(2, 30)];
    const items = itemsOf(speeches, [{ from: 20, before: 25, reason: 'paused' }]);
    expect(items.map(keyOf)).toEqual(['speech-1', 'gap-20', 'speech-2']);
    expect(items[2], 'which is not drawn anew for a word of another').toBe(speeches[1]);
  });
});
