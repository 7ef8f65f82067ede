/** What the embedded bundle says of itself: what it can be asked and told, in whatever words people mean that. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readManifest } from '../../main/bundle/read-manifest.ts';
import { Understanding } from '../../main/live/understanding.ts';

const folder = fileURLToPath(new URL('../../native-models/bundles/desk-nano', import.meta.url));
let nano: Understanding;
beforeAll(async () => {
  nano = new Understanding((await readManifest(folder)).manifest);
});

describe('a question', () => {
  test.each([
    // As it was taught, whatever the case and the signs.
    ['What is open?', 'What is open?'],
    ['what just happened', 'What just happened?'],
    ['그게 얼마나 됐어?', '그게 얼마나 됐어?'],
    // In other words: the model is asked in the first of those it has learned.
    ["What's on my screen?", 'What is on the screen?'],
    ['Describe what you see, please', 'What is on the screen?'],
    ['Which windows are open right now?', 'What is on the screen?'],
    ['What changed?', 'What just happened?'],
    ['What’s happening?', 'What just happened?'],
    ['Summarise what happened so far', 'What happened so far?'],
    ['What did I miss?', 'What happened so far?'],
    ['When did it happen?', 'How long ago was that?'],
    ['Which app am I using?', 'Which window is in front?'],
    ['지금 화면에 뭐가 보여?', '화면에 뭐가 있어?'],
    ['어떤 창이 열려 있어?', '화면에 뭐가 있어?'],
    ['무슨 일이 일어났어?', '방금 무슨 일이 있었어?'],
    ['지금까지 일어난 일을 요약해 줘.', '지금까지 무슨 일이 있었어?'],
    ['어떤 창이 앞에 있어?', '앞에 있는 창은 뭐야?'],
    ['그건 언제 있었어?', '그게 얼마나 됐어?'],
  ])('%s', (text, heard) => {
    expect(nano.question(text)).toBe(heard);
  });

  test.each([
    'What did the error say?',
    'Who sent me that mail?',
    'What is the weather?',
    'Is the build done?',
    'How many windows are open?',
    'What is not open?',
    'What colour is it?',
    'When did the window open?',
    'What?',
    'Was ist auf dem Bildschirm?',
    "Qu'est-ce qui se passe ?",
    '画面に何がありますか？',
    '屏幕上有什么？',
    '오류가 뭐라고 했어?',
    '오늘 날씨 어때?',
    '화면에 있는 글자가 뭐야?',
    '누가 이겼어?',
    '뭐?',
  ])('not understood: %s', (text) => {
    expect(nano.question(text)).toBeUndefined();
  });
});

describe('an instruction', () => {
  test.each([
    ['Only tell me about errors.', 'Only tell me about errors.'],
    ['only tell me what happens in the web browser', 'Only tell me what happens in the web browser.'],
    ['tell me if something fails', 'Only tell me about errors.'],
    ['Tell me when the tests are done.', 'Tell me when the build finishes.'],
    ['Narrate all that happens', 'Tell me what happens on the screen.'],
    ['Just the browser.', 'Only tell me what happens in the web browser.'],
    ["Don't say anything!", 'Do not say anything.'],
    ['stop talking', 'Stop talking.'],
    ['오류만 알려줘', '오류만 알려 줘.'],
    ['테스트가 끝나면 알려 줘', '빌드가 끝나면 알려 줘.'],
    ['브라우저에서 일어나는 일만 알려 줘', '웹 브라우저에 관한 것만 알려 줘.'],
  ])('%s', (text, heard) => {
    expect(nano.instruction(text)).toBe(heard);
  });

  test.each([
    'Warn me about cats.',
    'Tell me everything except errors.',
    'Do not tell me about errors.',
    'Tell me when a dialog opens.',
    'Speak like a pirate.',
    'Sag mir nur Fehler.',
    'エラーだけ教えてください。',
    '只告诉我错误。',
    '고양이가 나오면 알려 줘.',
  ])('not understood: %s', (text) => {
    expect(nano.instruction(text)).toBeUndefined();
  });
});

test('a bundle that says nothing of it takes everything as it stands', () => {
  const any = new Understanding({});
  expect([any.question('Wer bist du?'), any.instruction('猫')]).toEqual(['Wer bist du?', '猫']);
});

test('a name is only found as a word, and its signs are not those of a pattern', () => {
  const topic = { en: { taught: ['Is the {name} open?'], about: ['open'], also: ['profile'] } };
  const names = { en: [['file'], ['c++ (new'], ['$&']] };
  const understanding = new Understanding({ understands: { questions: [topic], instructions: [], names } });
  expect(understanding.question('Is the profile file open?')).toBe('Is the file open?');
  expect(understanding.question('Is the c++ (new open?')).toBe('Is the c++ (new open?');
  expect(understanding.question('Is the $& open?')).toBe('Is the $& open?');
});
