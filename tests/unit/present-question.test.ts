import { expect, test } from 'vitest';
import { isAboutNow, isAboutPast } from '../../main/said-times/present-question.ts';

test.each([
  ...['What is on the screen?', "What's on my screen right now?", 'How many windows are open?', 'What do you see?'],
  ...['What is this?', 'Is there a window open?', 'Which programs are running?', 'What does the screen show?'],
  ...['Which window is in front?', 'What am I using?', 'Is the terminal open?', 'what can you see', 'What is open?'],
  ...['화면에 뭐가 있어?', '지금 뭐가 보여?', '창이 몇 개 열려 있어?', '무엇이 보이나요?', '앞에 있는 창은 뭐야?'],
  ...['画面に何がありますか？', '今何が見えますか', 'ウィンドウはいくつ開いていますか？', '今、何を使っている？'],
  ...['屏幕上有什么？', '现在能看到什么？', '现在打开了几个窗口？', '螢幕上有什麼？', '开着几个窗口？'],
])('%s is about now', (question) => {
  expect(isAboutNow(question)).toBe(true);
});

test.each([
  ...['Is the mail program installed?', 'Does the desktop app work on Linux?', 'What is the mail program?'],
  ...['What was on the screen?', 'What is on the screen at 3 pm?', 'When is the terminal open?', 'terminal', 'a cat?'],
  ...[
    'What did you see today?',
    'Which windows were open yesterday?',
    'the mail program',
    'open bugs',
    'What happened?',
  ],
  ...[
    '화면에 뭐가 있었어?',
    '어제 화면에 뭐가 보였어?',
    '무슨 창이 열렸어?',
    '화면에서 뭘 봤어?',
    '언제 창이 열려 있어?',
    '터미널',
  ],
  ...['画面に何がありましたか？', '昨日何が見えた？', 'ウィンドウがいつ開いている', '何が映っていた？'],
  ...['屏幕上有过什么？', '昨天看到什么', '刚才屏幕上有什么？', '什么时候开着终端？', '屏幕上出现了什么是你看到了吗？'],
])('%s is not', (question) => {
  expect(isAboutNow(question)).toBe(false);
});

test.each([
  ...[
    'What happened?',
    'Which windows were open?',
    '뭘 봤어?',
    '무슨 창이 열렸어?',
    '누가 왔니?',
    '何が映っていた？',
    '出现过什么？',
  ],
])('%s is about the past', (question) => {
  expect(isAboutPast(question)).toBe(true);
});

test.each([
  ...['What is on the screen?', 'who am I', '창이 열려 있어?', '뭐가 있어?', '何が見えますか', '屏幕上有什么？'],
])('%s is not about the past', (question) => {
  expect(isAboutPast(question)).toBe(false);
});
