/** What the model does not understand is said, in the language in which it was asked, and nobody is left in silence. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { NarrationControl } from '../../main/live/control.ts';
import { narrate } from '../../main/live/narrate.ts';

const source = fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url));

test('questions: a sentence says so and what can be asked; the model answers the others, in whatever words', async () => {
  const questions = [
    'What did the error say?',
    "What's on my screen, please?",
    '오늘 날씨 어때?',
    '画面に何がありますか？',
    '屏幕上有什么？',
    'Was ist auf dem Bildschirm?',
  ].map((text) => ({ t: 10, text }));
  const events = await Array.fromAsync(narrate({ hiding: 'none', source, duration: 14, questions }));
  const answers = events.flatMap((event) => (event.type === 'answer' ? [event] : []));
  expect(answers.map(({ query }) => query)).toEqual(questions.map(({ text }) => text));
  expect(answers.map(({ understood }) => understood)).toEqual([false, undefined, false, false, false, false]);
  const [english, screen, korean, japanese, chinese, german] = answers.map(({ text }) => text);
  expect(screen).toBe('A terminal.');
  expect(english).toMatch(/^I do not understand this question\. .*"What is on the screen\?"/);
  expect(korean).toMatch(/^이 질문은 이해하지 못합니다\. .*"화면에 뭐가 있어\?"/);
  expect(japanese).toMatch(/^この質問は理解できません。/);
  expect(chinese).toMatch(/^我不理解这个问题。/);
  expect(german).toBe(english);
  // They leave no trace in the stream.
  const unasked = await Array.fromAsync(narrate({ hiding: 'none', source, duration: 14 }));
  const said = (all: typeof events) => all.flatMap((event) => (event.type === 'narration' ? [event.text] : []));
  expect(said(events)).toEqual(said(unasked));
});

test('instructions: a notice says so, and everything is told meanwhile; also one that is given on the way', async () => {
  const control = new NarrationControl();
  const events = [];
  for await (const event of narrate({
    hiding: 'none',
    source,
    duration: 25,
    instruction: 'エラーだけ教えて',
    batch: 1,
    control,
  })) {
    events.push(event);
    if (event.type === 'frame' && event.t === 5) void control.change({ instruction: '고양이가 나오면 알려 줘' });
  }
  const [first, second, ...more] = events.flatMap((event) => (event.type === 'notice' ? [event] : []));
  expect(more).toEqual([]);
  expect(first).toMatchObject({ t: 0, code: 'instruction-not-understood' });
  expect(first?.message).toMatch(/^この指示は理解できないため/);
  expect(second?.message).toMatch(/^이 지시는 이해하지 못하므로/);
  const told = events.flatMap((event) => (event.type === 'narration' ? [event.text] : []));
  expect(told.length).toBeGreaterThan(3);
  expect(told.at(-1)).toMatch(/\p{Script=Hangul}/u);
});
