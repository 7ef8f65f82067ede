import { describe, expect, test } from 'vitest';
import { questionWords } from '../../main/memory/find/question-words.ts';
import { readTimes } from '../../main/said-times/question-times.ts';

const now = new Date(2026, 4, 1, 15, 30); // Friday, 1 May, local time

/** "1 12:00" is noon of the 1st of May; a 0th is the 30th of April. */
function time(text: string): number {
  const [day = 0, hours = 0, minutes = 0] = text.split(/[ :]/).map(Number);
  return new Date(2026, 4, day, hours, minutes).getTime();
}

describe('times in a question', () => {
  test.each([
    ['What happened today?', '1 0:00', '1 24:00'],
    ['what did i do yesterday', '0 0:00', '0 24:00'],
    ['the day before yesterday', '-1 0:00', '-1 24:00'],
    ['on Monday', '-3 0:00', '-3 24:00'],
    ['last Friday', '-6 0:00', '-6 24:00'],
    ['on Friday', '1 0:00', '1 24:00'],
    ['on 2026-04-20', '-10 0:00', '-10 24:00'],
    ['what did I do before lunch?', '1 0:00', '1 12:00'],
    ['after lunch yesterday', '0 13:00', '0 24:00'],
    ['over lunch', '1 12:00', '1 13:00'],
    ['yesterday before noon', '0 0:00', '0 12:00'],
    ['this morning', '1 5:00', '1 12:00'],
    ['yesterday afternoon', '0 12:00', '0 18:00'],
    ['last night', '0 20:00', '0 24:00'],
    ['in the last hour', '1 14:30', '1 15:30'],
    ['during the past 2 hours', '1 13:30', '1 15:30'],
    ['last 10 minutes', '1 15:20', '1 15:30'],
    ['in the last half an hour', '1 15:00', '1 15:30'],
    ['an hour ago', '1 14:20', '1 14:40'],
    ['5 minutes ago', '1 15:24', '1 15:26'],
    ['at 3 pm', '1 14:50', '1 15:10'],
    ['at 3', '1 14:50', '1 15:10'],
    ['at 9', '1 8:50', '1 9:10'],
    ['around 13:05', '1 12:55', '1 13:15'],
    ['at 9 pm', '0 20:50', '0 21:10'], // it is not that late yet
    ['yesterday at 12 am', '-1 23:50', '0 0:10'],
    ['between 2 and 3 pm', '1 14:00', '1 15:00'],
    ['yesterday from 9 pm to 2 am', '0 21:00', '1 2:00'],
    ['from 9:30 to 10', '1 9:30', '1 10:00'],
    ['since 11', '1 11:00', '1 24:00'],
    ['before 10:15', '1 0:00', '1 10:15'],
    ['2 hrs ago', '1 13:10', '1 13:50'],
    ['last 5 mins', '1 15:25', '1 15:30'],
    ['an hour and a half ago', '1 13:45', '1 14:15'],
    ['in the last couple of hours', '1 13:30', '1 15:30'],
    ['a few minutes ago', '1 15:20', '1 15:30'],
    ['last weekend', '-5 0:00', '-3 0:00'],
    ['한 시간 반 전', '1 13:45', '1 14:15'],
    ['사흘 전', '-2 3:30', '-1 3:30'],
    ['조금 전에', '1 15:20', '1 15:30'],
    ['저번주 금요일', '-6 0:00', '-6 24:00'],
    ['지난 주말에', '-5 0:00', '-3 0:00'],
    ['오늘 새벽', '1 0:00', '1 6:00'],
    ['어제 오후 세 시', '0 14:50', '0 15:10'],
    ['오후 두시 반', '1 14:20', '1 14:40'],
    ['3시~5시', '1 15:00', '1 17:00'],
    ['1時間半前', '1 13:45', '1 14:15'],
    ['週末', '-5 0:00', '-3 0:00'],
    ['一个半小时前', '1 13:45', '1 14:15'],
    ['大前天', '-2 0:00', '-2 24:00'],
    ['今早', '1 5:00', '1 12:00'],
    ['오늘 뭐 했어?', '1 0:00', '1 24:00'],
    ['어제 오후에', '0 12:00', '0 18:00'],
    ['어젯밤에', '0 20:00', '0 24:00'],
    ['그저께', '-1 0:00', '-1 24:00'],
    ['지난 월요일에', '-3 0:00', '-3 24:00'],
    ['지난 일요일', '-4 0:00', '-4 24:00'],
    ['점심 전에', '1 0:00', '1 12:00'],
    ['점심 먹기 전에', '1 0:00', '1 12:00'],
    ['어제 점심 이후에', '0 13:00', '0 24:00'],
    ['지난 한 시간 동안', '1 14:30', '1 15:30'],
    ['최근 30분', '1 15:00', '1 15:30'],
    ['1시간 전에', '1 14:20', '1 14:40'],
    ['오후 3시쯤', '1 14:50', '1 15:10'],
    ['3시에', '1 14:50', '1 15:10'],
    ['어제 3시 반에', '0 15:20', '0 15:40'],
    ['오전 10시 30분 전에', '1 0:00', '1 10:30'],
    ['9시부터 11시까지', '1 9:00', '1 11:00'],
    ['오늘 11시 이후에', '1 11:00', '1 24:00'],
    ['15:00 이후', '1 15:00', '1 24:00'],
  ])('%s', (question, from, before) => {
    expect(readTimes(question, now).span).toEqual({ from: time(from), before: time(before) });
  });

  test.each([
    'when did the build fail?',
    'at 80 percent',
    'version 3.2',
    '빌드가 언제 실패했어?',
    'the last error',
    '',
  ])('none in %j', (question) => {
    expect(readTimes(question, now)).toEqual({ span: undefined, rest: question });
  });
});

test.each([
  ['When did the build fail?', ['build', 'fail']],
  ['what did i do before lunch?', []],
  ['Which windows were closed yesterday at 3 pm?', ['window', 'clos']],
  ['did "desk.mp4" open', ['desk.mp4', 'open']],
  ["what's the weather?", ['weather']],
  ['What’s Bob’s terminal doing?', ['bob', 'terminal']],
  ["didn't I see the users' build? I'd say they've failed, haven't they?", ['user', 'build', 'fail']],
  ["let's see where it's been, o'clock", []],
  ["It's 5 o'clock, what’s John’s terminal doing at three o’clock?", ['john', 'terminal', 'three']],
  ['昨日ターミナルで何をしましたか', ['ターミナル']],
  ['昨天我在终端里做了什么？', ['终端']],
  ['11月28日に何がありましたか', []],
  ['11月28日我做了什么？', []],
  ['빌드가 언제 실패했어?', ['빌드', '실패']],
  ['어제 터미널에서 뭐 했어?', ['터미널']],
  ['점심 전에 뭐 했지?', []],
  ['방금 무슨 일이 있었어?', []],
  ['나는 오늘 뭐를 했어?', []],
  ['오류 대화상자가 열렸나요?', ['오류', '대화상자', '열렸']],
])('%j is about %j', (question, words) => {
  expect(questionWords(readTimes(question, now).rest)).toEqual(words);
});
