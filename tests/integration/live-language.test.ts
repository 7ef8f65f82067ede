/** An answer is in the language of its question, a narration in that of the instruction, whoever asked what before. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NarrationControl } from '../../main/live/control.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { type NarrateOptions, narrate } from '../../main/live/narrate.ts';

const source = fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url));
const korean = ['화면에 뭐가 있어?', '방금 무슨 일이 있었어?', '앞에 있는 창은 뭐야?'];
const english = ['What is on the screen?', 'What just happened?', 'Which window is in front?'];
const asked = (texts: readonly string[]) => texts.map((text, i) => ({ t: 8 + 10 * i, text }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-language-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function watch(options: Partial<NarrateOptions>) {
  const events = await Array.fromAsync(narrate({ hiding: 'none', source, duration: 40, ...options }));
  return {
    narrations: narrationsOf(events),
    answers: events.flatMap((event) => (event.type === 'answer' ? [event.text] : [])),
  };
}
const narrationsOf = (events: readonly LiveEvent[]) =>
  events.flatMap((event) => (event.type === 'narration' ? [`${event.t} ${event.text}`] : []));
const hasHangul = (text: string) => /\p{Script=Hangul}/u.test(text);
const hasLatin = (text: string) => /\p{Script=Latin}/u.test(text);

describe('under an English instruction', () => {
  test('Korean questions are answered in Korean and change no narration, in batches of any size', async () => {
    const unasked = await watch({});
    expect(unasked.narrations.length).toBeGreaterThan(6);
    for (const batch of [1, 16]) {
      const { narrations, answers } = await watch({ batch, questions: asked(korean) });
      expect(narrations).toEqual(unasked.narrations);
      expect(answers).toEqual([
        '터미널이 보입니다.',
        expect.stringMatching(/^알림 대화 상자가/),
        '터미널이 앞에 있습니다.',
      ]);
    }
  });

  test('a run that goes on from a snapshot taken behind such a question goes on in English', async () => {
    const snapshot = join(folder, 'run.snapshot');
    const questions = asked(korean);
    await watch({ duration: 19, questions, snapshot });
    const { narrations, answers } = await watch({ questions, resume: snapshot });
    expect(narrations.length).toBeGreaterThan(2);
    expect(narrations.filter(hasHangul)).toEqual([]);
    expect(answers).toEqual(['터미널이 앞에 있습니다.']);
  });

  test('a Korean instruction in mid-stream is followed from then on, and what happened before is told in Korean', async () => {
    const control = new NarrationControl();
    const events: LiveEvent[] = [];
    let answer: string | undefined;
    for await (const event of narrate({ hiding: 'none', source, batch: 1, control })) {
      events.push(event);
      if (event.type !== 'frame' || event.t !== 21) continue;
      void control.change({ instruction: '일어나는 일을 모두 말해 줘.' });
      void control.ask('방금 무슨 일이 있었어?').then(({ text }) => {
        answer = text;
      });
    }
    const change = events.findIndex(({ type }) => type === 'answer');
    expect([answer, hasHangul(answer!), hasLatin(answer!)]).toEqual([answer, true, false]);
    expect(narrationsOf(events.slice(0, change)).filter(hasHangul)).toEqual([]);
    const later = narrationsOf(events.slice(change));
    expect(later.length).toBeGreaterThan(1);
    expect(later.filter(hasLatin)).toEqual([]);
  });
});

test('under a Korean instruction English questions are answered in English, and narrations stay Korean', async () => {
  const { narrations, answers } = await watch({
    instruction: '화면에서 일어나는 일을 말해 줘.',
    questions: asked(english),
  });
  expect(narrations.length).toBeGreaterThan(6);
  expect(narrations.filter(hasLatin)).toEqual([]);
  expect(answers).toEqual(['A terminal.', expect.stringMatching(/dialog/), 'The terminal is in front.']);
});
