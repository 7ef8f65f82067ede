import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDataSet } from '../../main/evaluation/data-set.ts';
import type { Subject } from '../../main/evaluation/grammar.ts';
import type { TrueEvent } from '../../main/evaluation/matching.ts';
import { holds } from '../../main/evaluation/reading.ts';
import { evaluate } from '../../main/evaluation/report.ts';
import { paucOf, scoreSegments } from '../../main/evaluation/segments.ts';
import { measureStillness } from '../../main/evaluation/stillness.ts';
import { table } from '../../main/evaluation/table.ts';

const terminal: TrueEvent = { t: 10, kind: 'app-opened', subject: 'terminal' };
const menu: TrueEvent = { t: 20, kind: 'menu-opened', subject: null };
const still = { seconds: 0, utterances: 0 };

describe('the report', () => {
  test('counts over all streams, by kind and in all', () => {
    const report = evaluate([
      {
        said: [
          { t: 10.5, text: 'A terminal opened.' },
          { t: 11, text: 'A terminal opened.' },
          { t: 21.5, text: 'A menu was opened.' },
          { t: 25, text: 'Something else.' },
        ],
        truth: [terminal, menu],
        seconds: 30,
        still: { seconds: 1800, utterances: 1 },
      },
      { said: [], truth: [{ t: 3, kind: 'menu-opened', subject: null }], seconds: 30, still },
    ]);
    expect(report).toMatchObject({ streams: 2, seconds: 60, window: 2, said: 4, truth: 3, matched: 2, unreadable: 1 });
    expect(report.precision).toBeCloseTo(2 / 4);
    expect(report.recall).toBeCloseTo(2 / 3);
    expect(report.f1).toBeCloseTo(4 / 7);
    expect(report.missingRate).toBeCloseTo(1 / 3);
    expect(report.redundantRate).toBeCloseTo(1 / 2);
    expect(report.meanAbsDt).toBeCloseTo((0.5 + 1.5) / 2);
    expect(report.subjectAccuracy).toBe(1);
    // segments: two narrations, two narrations, none
    expect(report.redundancy).toBeCloseTo((1 + 1 + 1) / 3);
    expect(report.coverage).toBeCloseTo(2 / 3);
    expect(report.silentPauc).toBeCloseTo(0.25);
    expect(report.stillUtterancesPerHour).toBe(2);
    expect(report.byKind).toEqual({
      'app-opened': { said: 2, truth: 1, matched: 1, precision: 0.5, recall: 1, f1: 2 / 3 },
      'menu-opened': { said: 1, truth: 2, matched: 1, precision: 1, recall: 0.5, f1: 2 / 3 },
    });
  });

  test('has null where nothing can be measured, and prints all the same', () => {
    const report = evaluate([{ said: [], truth: [], seconds: 60, still }]);
    expect(report).toMatchObject({ f1: null, precision: null, recall: null, pauc: null, stillUtterancesPerHour: null });
    expect(table(report)).toContain('1 stream, 1.0 minutes');
    expect(() => JSON.parse(JSON.stringify(report))).not.toThrow();
  });

  test('a wrong subject counts for F1, but not for strict F1, and is told beside the right one', () => {
    const opened = (t: number, subject: Subject): TrueEvent => ({ t, kind: 'app-opened', subject });
    const said = [0, 10, 20, 30].map((t) => ({ t, text: 'A chat opened.' }));
    const truth = [opened(0, 'chat'), opened(10, 'mail'), opened(20, 'terminal'), opened(30, 'mail'), menu];
    const report = evaluate([{ said, truth, seconds: 40, still }]);
    expect(report).toMatchObject({ f1: 8 / 9, strictF1: 2 / 9, subjectAccuracy: 1 / 4 });
    expect(report.confused).toEqual([
      { said: 'chat', meant: 'mail', count: 2 },
      { said: 'chat', meant: 'terminal', count: 1 },
    ]);
    expect(table(report)).toMatch(/F1, subject right as well +0\.222\n/);
    expect(table(report)).toMatch(/\nsaid +instead of +times\nchat +mail +2\nchat +terminal +1$/);
  });

  test('what was read is right where a narration within 3 s holds one of the texts', () => {
    const dialog = (t: number, ...read: string[]): TrueEvent => ({ t, kind: 'dialog-opened', subject: 'error', read });
    const text = 'An error dialog appeared: "The key file is locked by another program."';
    const truth = [dialog(7, 'Disk full', 'the key file is locked'), dialog(13.1, 'The key file is locked.'), terminal];
    const report = evaluate([{ said: [{ t: 10, text }], truth, seconds: 40, still }]);
    expect(report).toMatchObject({ toRead: 2, readRight: 1 / 2 });
    expect(table(report)).toMatch(/read right +0\.500 of 2\n/);
    expect(evaluate([{ said: [], truth: [terminal], seconds: 40, still }]).readRight).toBeNull();
  });

  test.each([
    ['Said: "Key-File  LOCKED!"', 'key file locked', true],
    ['Said: "the key fi1e is locked"', 'The key file is locked.', true],
    ['Said: "the kev fi1e is l0cked"', 'The key file is locked.', false],
    ['Said: "41 passed"', '41 passed in 3.2 s', false],
    ['오류 대화 상자가 나타났습니다: "키 파일을 열수 없습니다."', '키 파일을 열 수 없습니다', true],
    ['', 'locked', false],
  ])('%s holds "%s": %s', (text, wanted, held) => {
    expect(holds(text, wanted)).toBe(held);
  });

  test('the table has a row for each kind', () => {
    const said = [{ t: 10, text: 'A terminal opened.' }];
    const text = table(evaluate([{ said, truth: [terminal, menu], seconds: 30, still }]));
    expect(text).toMatch(/app-opened +1 +1 +1 +1\.000 +1\.000 +1\.000/);
    expect(text).toMatch(/menu-opened +1 +0 +0 +- +0\.000 +0\.000/);
    expect(text).toMatch(/all +2 +1 +1 +1\.000 +0\.500 +0\.667/);
  });
});

describe('PAUC', () => {
  const span = { start: 10, end: 20 };

  test('of silence is a quarter', () => expect(paucOf([], span)).toBeCloseTo(0.25));
  test('of a right reply at once is one', () => expect(paucOf([{ t: 10, score: 2 }], span)).toBe(1));
  test('half of a delay is forgiven', () => {
    // 4 s late counts as 2 s: 2 s at 0.5, 8 s at 2, of 20
    expect(paucOf([{ t: 14, score: 2 }], span)).toBeCloseTo((2 * 0.5 + 8 * 2) / 20);
  });
  test('a wrong reply neither helps nor harms; a better one later counts from then on', () => {
    expect(paucOf([{ t: 11, score: 0 }], span)).toBeCloseTo(0.25);
    expect(
      paucOf(
        [
          { t: 12, score: 1 },
          { t: 16, score: 2 },
        ],
        span,
      ),
    ).toBeCloseTo((1 * 0.5 + 2 * 1 + 7 * 2) / 20);
  });

  test('segments end at the next event or with the stream; simultaneous events share one', () => {
    const truth = [terminal, { ...menu, t: 10 }, menu, { ...menu, t: 30 }];
    const scores = scoreSegments(
      [
        { t: 10, text: 'A menu was opened.' },
        { t: 20, text: 'A chat opened.' },
      ],
      truth,
      30,
    );
    expect(scores.map(({ replies }) => replies)).toEqual([1, 1]);
    expect(scores[0]?.pauc).toBe(1);
    expect(scores[1]?.pauc).toBeCloseTo(0.25);
  });
});

test('a screen is still once nothing has changed for ten seconds', () => {
  const frames = Array.from({ length: 80 }, (_, i) => ({ t: i / 2, changed: i === 40 ? 3 : 0 }));
  // The first frame is at 0, the change at 20 s: still are the frames after 10 s up to 20 s, and after 30 s.
  const said = [
    { t: 5, text: 'a' },
    { t: 15, text: 'b' },
    { t: 20, text: 'c' },
    { t: 25, text: 'd' },
  ];
  expect(measureStillness(frames, said, 2)).toEqual({ seconds: 19, utterances: 1 });
});

describe('a data set', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onlooker-data-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const row = (video: string, t: number) =>
    JSON.stringify({ video, t, kind: 'app-opened', subject: 'terminal', text: 'A terminal opened.', theme: 'dark' });
  const plain = { instruction: undefined, questions: [] };
  const annotations = (...rows: string[]) => writeFile(join(folder, 'annotations.jsonl'), `${rows.join('\n')}\n`);

  test('is a folder of recordings, in videos/ or beside the annotations; quiet ones count', async () => {
    await mkdir(join(folder, 'videos'));
    for (const name of ['videos/b.mp4', 'videos/quiet.mp4', 'videos/notes.txt', 'a.mp4']) {
      await writeFile(join(folder, name), '');
    }
    await annotations(row('b.mp4', 9), row('a.mp4', 1), row('b.mp4', 2));
    expect(await readDataSet(folder)).toEqual([
      {
        name: 'a.mp4',
        path: join(folder, 'a.mp4'),
        ...plain,
        events: [{ t: 1, kind: 'app-opened', subject: 'terminal' }],
      },
      {
        name: 'b.mp4',
        path: join(folder, 'videos/b.mp4'),
        ...plain,
        events: [2, 9].map((t) => ({ t, kind: 'app-opened', subject: 'terminal' })),
      },
      { name: 'quiet.mp4', path: join(folder, 'videos/quiet.mp4'), ...plain, events: [] },
    ]);
  });

  test('has the events that its instruction asks for, and questions with their answers', async () => {
    await writeFile(join(folder, 'a.mp4'), '');
    const order = (text: string) => JSON.stringify({ video: 'a.mp4', t: 0, kind: 'instruction', text });
    const menu = row('a.mp4', 2).replace('"app-opened","subject":"terminal"', '"menu-opened","subject":null');
    const question = { t: 3, query: 'What do you see?', answer: 'A terminal.' };
    const read = async (instruction: string) => {
      await annotations(row('a.mp4', 1), menu, order(instruction), JSON.stringify({ video: 'a.mp4', ...question }));
      const [video] = await readDataSet(folder);
      expect(video).toMatchObject({ instruction, questions: [question] });
      return video!.events.map(({ kind }) => kind);
    };
    expect(await read('Be quiet.')).toEqual([]);
    expect(await read('조용히 해 줘.')).toEqual([]);
    expect(await read('tell me about the terminal, nothing else')).toEqual(['app-opened']);
    expect(await read('터미널만 지켜봐 줘.')).toEqual(['app-opened']);
    expect(await read('Only tell me about errors.')).toEqual([]);
    expect(await read('Sing of all that moves.')).toEqual(['app-opened', 'menu-opened']);
  });

  test('may be one events file beside its recording', async () => {
    const events = fileURLToPath(new URL('../fixtures/desk.events.jsonl', import.meta.url));
    const [video, ...others] = await readDataSet(events);
    expect(others).toEqual([]);
    expect(video).toMatchObject({ name: 'desk.mp4', path: expect.stringMatching(/fixtures.desk\.mp4$/) });
    expect(video?.events.length).toBeGreaterThan(5);
  });

  test('says what is wrong with it', async () => {
    await expect(readDataSet(join(folder, 'gone'))).rejects.toMatchObject({ code: 'source-not-found' });
    await expect(readDataSet(folder)).rejects.toMatchObject({ code: 'source-not-found' });
    await annotations(row('a.mp4', 1));
    await expect(readDataSet(folder)).rejects.toThrow(/names a\.mp4, but there is no such recording/);
    await annotations(row('a.mp4', 1), '{"video":');
    await expect(readDataSet(folder)).rejects.toThrow(/annotations\.jsonl, line 2: it is not valid JSON/);
    await annotations(row('a.mp4', -1));
    await expect(readDataSet(folder)).rejects.toThrow(/line 1: t: /);
    await annotations(row('a.mp4', 1).replace('app-opened', 'app-eaten'));
    await expect(readDataSet(folder)).rejects.toMatchObject({ code: 'source-unreadable' });
  });
});
