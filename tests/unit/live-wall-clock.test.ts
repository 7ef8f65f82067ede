import { expect, test } from 'vitest';
import { WallClock } from '../../main/live/wall-clock.ts';

const noon = 1_800_000_000_000;

/** Two frames a second from media time `from` on, `count` of them, the first at `at`. */
function play(clock: WallClock, from: number, count: number, at: number): void {
  for (let i = 0; i < count; i++) clock.note(from + i / 2, at + i * 500 + (i % 3) * 10);
}

test('a clock that runs along takes one stretch, however long', () => {
  const clock = new WallClock();
  play(clock, 0, 10_000, noon);
  expect(clock.stretches).toHaveLength(1);
  expect(clock.at(60)).toBe(noon + 60_000);
  expect(clock.at(6000)).toBeUndefined();
});

test('a span of the wall clock becomes all media time in it, across a pause', () => {
  const clock = new WallClock();
  play(clock, 0, 20, noon); // until 9.5 s
  play(clock, 10, 20, noon + 70_000); // a minute later
  expect(clock.stretches).toHaveLength(2);
  const span = clock.mediaSpan(noon + 5_000, noon + 72_000)!;
  expect(span.from).toBeCloseTo(4.9);
  expect(span.to).toBeCloseTo(12.1);
  expect(clock.mediaSpan(noon + 20_000, noon + 60_000)).toBeUndefined();
  expect(clock.mediaSpan(0, noon + 1e9)).toEqual({ from: 0, to: 19.5 });
});

test('something noted while the media time stands still is found under both times', () => {
  const clock = new WallClock();
  play(clock, 0, 3, noon);
  clock.note(1, noon + 60_000);
  expect(clock.mediaSpan(noon + 59_000, noon + 61_000)).toEqual({ from: 1, to: 1 });
});

test('what is dropped is unknown; the rest survives being saved', () => {
  const clock = new WallClock();
  play(clock, 0, 4, noon);
  play(clock, 2, 4, noon + 60_000);
  clock.dropBefore(2);
  expect(new WallClock(clock.stretches).mediaSpan(0, noon + 1e9)).toEqual({ from: 2, to: 3.5 });
});
