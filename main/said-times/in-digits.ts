/** Times in words, written as the rest of the grammar reads them: "half past two" is "14:30", 三点一刻 is 3点15分. */

/** @param text in lower case */
export function inDigits(text: string): string {
  return [...english, ...korean, ...eastern].reduce((said, [pattern, digits]) => said.replace(pattern, digits), text);
}

// biome-ignore lint/suspicious/noExplicitAny: what a replacer of a string is given
type Rewriting = readonly [RegExp, (...groups: any[]) => string];

const ones = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const ordinals =
  `first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
  fifteenth sixteenth seventeenth eighteenth nineteenth twentieth`.split(/\s+/);
const days = ['', ...ordinals, ...ordinals.slice(0, 9).map((day) => `twenty-${day}`), 'thirtieth', 'thirty-first'];
const month = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
const one = `(?:${ones.join('|')})`;
/** What may follow an hour that is a bare number. */
const end = String.raw`(?=\s*(?:$|[?.!,])|\s+(?:yesterday|today|tonight|this|last|on|in the)\b)`;
const sharp = String.raw`\s?(?:o['’]clock|[ap]\.?m\b)`;

const english: readonly Rewriting[] = [
  [
    new RegExp(
      String.raw`\b(half|(?:a )?quarter|\d+(?: min(?:ute)?s)?(?= past)|\d+ min(?:ute)?s) (past|to) (${one}|\d+)\b(?:\so['’]clock)?(\s?[ap]\.?m\b)?`,
      'g',
    ),
    inClock,
  ],
  [
    new RegExp(
      String.raw`(?<!\b(?:from|between) )\b(five|ten|twenty) (past|to) (${one}|\d+)\b(?:${end}|(?=${sharp}))(?:\so['’]clock)?(\s?[ap]\.?m\b)?`,
      'g',
    ),
    inClock,
  ],
  [
    new RegExp(
      String.raw`\b${one}(?=${sharp})|(?<=\b(?:at|around|\d (?:and|to|until)) )${one}${end}|(?<=\b(?:between|from) )${one}(?= (?:and|to|until) (?:\d+|${one})${sharp})`,
      'g',
    ),
    numberOf,
  ],
  [
    new RegExp(String.raw`\b(?:${days.slice(1).toReversed().join('|')})(?= of ${month}\b)`, 'g'),
    (day) => `${days.indexOf(day)}th`,
  ],
  [
    new RegExp(String.raw`(?<=\b${month} )(?:${days.slice(1).toReversed().join('|')})\b`, 'g'),
    (day) => `${days.indexOf(day)}th`,
  ],
  [/\btonight\b/g, () => 'today tonight'],
  [/\bthe other day\b/g, () => 'a few days ago'],
];

/** Hours 1 to 6 are in the afternoon, where nothing else is said. */
function inClock(_: string, minutes: string, way: string, hour: string, half = ''): string {
  const after = minutes === 'half' ? 30 : minutes.endsWith('quarter') ? 15 : Number(numberOf(minutes.split(' ')[0]!));
  const named = Number(numberOf(hour));
  const awake = half === '' && named <= 6 ? named + 12 : named;
  const at = 60 * awake + (way === 'to' ? -after : after);
  return `${Math.floor(at / 60)}:${String(at % 60).padStart(2, '0')}${half}`;
}

function numberOf(word: string): string {
  if (word === 'twenty') return '20';
  return ones.includes(word) ? String(ones.indexOf(word) + 1) : word;
}

const koreanHours = '한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두'.split(' ');
const spansOfDays: Readonly<Record<string, string>> = {
  하루: '1일',
  이틀: '2일',
  사흘: '3일',
  나흘: '4일',
  일주일: '1주',
};

const korean: readonly Rewriting[] = [
  [
    // "세 시", but not "네 시스템" (your system).
    new RegExp(`(?<!\\p{L})(?:${koreanHours.toReversed().join('|')})(?=\\s?시(?:[\\s에쯤경반부까이전의~?.,]|$))`, 'gu'),
    (word) => String(koreanHours.indexOf(word) + 1),
  ],
  [/(?:하루|이틀|사흘|나흘|일주일)(?=\s*(?:전|동안))/gu, (word) => spansOfDays[word]!],
  [/며칠/gu, () => '몇 일'],
  [/저번(?=\s?(?:주|달|[일월화수목금토]요일))/gu, () => '지난'],
];

const eastern: readonly Rewriting[] = [
  [
    /[〇零一二两兩三四五六七八九十]+(?=\s*(?:[点點時时月号號]|分(?![析类類])|小时|小時|時間|日(?!本)|天前))/gu,
    (words) => String(hanNumber(words)),
  ],
  [
    /差(?:一刻|(\d+)分)钟?(?:到)?\s?(\d+)\s?[点點]/gu,
    (_, minutes = 15, hour) => `${hour - 1}点${60 - Number(minutes)}分`,
  ],
  [/(?<=[点點]\s?)一刻/gu, () => '15分'],
  [/(?<=[点點]\s?)三刻/gu, () => '45分'],
  [/前几天/gu, () => '几天前'],
];

const digits = '〇一二三四五六七八九';

/** 三 is 3, 十 10, 十五 15, 二十一 21. */
function hanNumber(words: string): number {
  const digit = (word: string) => digits.indexOf(word.replace(/[两兩]/u, '二').replace('零', '〇'));
  const [tens = '', ones = ''] = words.split('十');
  if (!words.includes('十')) return Number([...words].map(digit).join(''));
  return 10 * (tens === '' ? 1 : digit(tens)) + (ones === '' ? 0 : digit(ones));
}
