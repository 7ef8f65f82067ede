import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { OnlookerError } from '../../main/base/errors.ts';
import { number, withNegativeValues } from '../../main/cli/command.ts';
import { narrateArguments } from '../../main/cli/narrate.ts';
import { progressText } from '../../main/cli/progress.ts';
import { describe as describeFailure } from '../../main/cli/report.ts';
import { serveOptions } from '../../main/cli/serve.ts';

const complaint = (...args: string[]): string => {
  try {
    narrateArguments(args);
  } catch (error) {
    expect(error).toBeInstanceOf(OnlookerError);
    expect((error as OnlookerError).exitCode).toBe(2);
    return (error as OnlookerError).message;
  }
  return expect.unreachable('it should have been refused');
};

test('what is remembered is found again from another folder, and limits are only set where they are given', () => {
  const memory = (...args: string[]) => narrateArguments([...args, '--remember']).memory;
  expect(memory('desk.mp4')).toEqual({ source: resolve('desk.mp4'), kind: 'file', retention: {} });
  expect(memory('screen', '--ask', 'Say hello.', '--memory', 'm', '--keep-days', '7', '--keep-gb', '0.5')).toEqual({
    ...{ source: 'screen', kind: 'screen', instruction: 'Say hello.', folder: 'm' },
    retention: { keepDays: 7, keepBytes: 500_000_000 },
  });
});

test('all options', () => {
  const args = [
    ...['my film.mp4', '--ask', 'Say when a window opens.', '--ask-at', '12.5=What is open?', '--ask-at=90= a=b '],
    ...['--out', 'a.srt', '--out', 'a.jsonl', '--format', 'jsonl', '--bundle', './b', '--threshold', '0.7'],
    ...['--chattiness', '3', '--from', '10', '--duration', '5.5', '--batch', '1', '--realtime'],
    ...['--snapshot', 's', '--resume', 'r'],
  ];
  expect(narrateArguments(args)).toEqual({
    rules: true,
    engine: {
      source: 'my film.mp4',
      bundle: './b',
      instruction: 'Say when a window opens.',
      questions: [
        { t: 12.5, text: 'What is open?' },
        { t: 90, text: 'a=b' },
      ],
      theta: 0.7,
      chattiness: 3,
      from: 10,
      duration: 5.5,
      batch: 1,
      realtime: true,
      snapshot: 's',
      resume: 'r',
    },
    output: { source: 'my film.mp4', out: ['a.srt', 'a.jsonl'], format: 'jsonl', resumed: true, duration: 5.5 },
  });
});

test('times as they are printed', () => {
  const times = ['--from', '1:10', '--duration', '01:00:00.5', '--ask-at', '1:12.5=What is open?'];
  expect(narrateArguments(['a.mp4', ...times, '--snapshot-every', '0:45']).engine).toMatchObject({
    from: 70,
    duration: 3600.5,
    questions: [{ t: 72.5, text: 'What is open?' }],
    snapshotEverySeconds: 45,
  });
});

test('a negative number is the value of the option before it, not an option', () => {
  expect(withNegativeValues(['--port', '-1', '--no-open', '-1', '--', '--port', '-1'], serveOptions)).toEqual([
    ...['--port=-1', '--no-open', '-1', '--', '--port', '-1'],
  ]);
});

test('what is not given is left to the engine', () => {
  expect(narrateArguments(['-']).engine).toEqual({ source: '-', questions: [] });
  expect(narrateArguments(['screen']).output).toEqual({ source: 'screen', out: [], format: 'text', resumed: false });
});

test.each([
  [[], 'Which source?'],
  [['a.mp4', 'b.mp4'], 'One source at a time'],
  [['a.mp4', '--format', 'xml'], 'text or jsonl'],
  [['a.mp4', '--from', 'x'], '--from "x"'],
  [['a.mp4', '--from=-1'], '0 or more'],
  [['a.mp4', '--from', '-5'], '--from "-5": it must be a time of 0 or more, in seconds (70.5) or as [HH:]MM:SS'],
  [['a.mp4', '--from', '-1:10'], '--from "-1:10": it must be a time of 0 or more'],
  [['a.mp4', '--from', '1:99'], '--from "1:99"'],
  [['a.mp4', '--from', ''], '--from ""'],
  [['a.mp4', '--duration', '-.5'], '--duration "-.5": it must be a length above 0'],
  [['a.mp4', '--snapshot-every', '1::2'], '--snapshot-every "1::2": it must be a length above 0'],
  [['a.mp4', '--threshold', '-0.1'], '--threshold "-0.1": it must be a probability, 0 to 1.'],
  [['a.mp4', '--ask-at', '-5=What?'], '--ask-at "-5": it must be a time of 0 or more'],
  [['a.mp4', '--ask-at', '1:60=What?'], '--ask-at "1:60": it must be a time of 0 or more'],
  [['a.mp4', '--duration', '0'], 'above 0'],
  [['a.mp4', '--duration', 'Infinity'], 'above 0'],
  [['a.mp4', '--threshold', '1.5'], '0 to 1'],
  [['a.mp4', '--threshold', ''], '0 to 1'],
  [['a.mp4', '--batch', '2.5'], 'whole number'],
  [['a.mp4', '--batch', '0'], 'whole number'],
  [['a.mp4', '--chattiness', '5'], '0, 1, 2, 3 or 4'],
  [['a.mp4', '--ask-at', 'What?'], 'TIME=TEXT'],
  [['a.mp4', '--ask-at', '5='], 'TIME=TEXT'],
  [['a.mp4', '--ask-at', 'x=What?'], '--ask-at "x": it must be a time'],
  [['a.mp4', '--ask-at', '=What?'], 'TIME=TEXT'],
  [['a.mp4', '--ask', ' '], '--ask is empty'],
  [['a.mp4', '--bundle', ''], '--bundle is empty'],
  [['a.mp4', '--memory', 'm'], '--memory is for the memory. Add --remember.'],
  [['a.mp4', '--keep-days', '3'], '--keep-days is for the memory. Add --remember.'],
  [['a.mp4', '--remember', '--keep-gb', '0'], '--keep-gb "0": it must be a number of gigabytes, 0.01 or more.'],
  [['a.mp4', '--frobnicate'], "'--frobnicate'"],
  [['a.mp4', '--from', '--realtime'], '--from has no value: "--realtime" looks like an option.'],
  [['a.mp4', '--ask', '-v is what?'], 'Write --ask=-v is what? if it is the value.'],
  [['a.mp4', '--from', '--realtime'], 'narrate --help'],
  [['a.mp4', '--out'], 'narrate --help'],
])('%j is refused in one helpful line', (args, part) => {
  const message = complaint(...args);
  expect(message).toContain(part);
  expect(message).not.toContain('\n');
});

test('numbers are read whole', () => {
  const wanted = { what: 'a number', min: 0 };
  expect(number('x', undefined, wanted)).toBeUndefined();
  expect(number('x', '1e2', wanted)).toBe(100);
  for (const text of ['', ' ', '1s', 'NaN', '--', '1,5']) expect(() => number('x', text, wanted)).toThrow('a number');
});

test('progress: share, speed and time left', () => {
  const bar = progressText({ t: 25, duration: 60, frames: 30 }, 10, 0.5);
  expect(bar).toBe('[######------------------]  25 %  30.0x real time, 2 s left');
  expect(progressText({ t: 10, duration: 60, frames: 1 }, 10, 0)).toContain('  0 %');
  expect(progressText({ t: 99, duration: 60, frames: 1 }, 10, 1)).toContain('100 %');
  expect(progressText({ t: 75, duration: undefined, frames: 150 }, 0, 75)).toBe('01:15.0  150 frames  1.0x real time');
});

test('a defect says that it is ours', () => {
  expect(describeFailure(new TypeError('x is not\na function'))).toEqual({
    code: 'defect',
    message: 'This is a defect of Onlooker: x is not a function. Run it again with --verbose and report it.',
  });
});
