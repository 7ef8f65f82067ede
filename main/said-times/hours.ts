/** Hours as people of English, Korean, Japanese and Chinese say and write them. */
import type { Remaining } from './remaining.ts';

/** Minutes of a day, from 0; `before` may lie in the next one. */
export interface SaidHours {
  readonly from: number;
  readonly before: number;
  /** The minute itself, where one was named. */
  readonly point?: number;
}

export const dayMinutes = 24 * 60;
/** How far around "at 3 pm" is looked, minutes. */
const around = 10;

const hour = '(?<![\\d.,:/-])(?:[01]?\\d|2[0-4])';
const minutes = '(?::[0-5]\\d){1,2}(?!\\d|:)';
const korean = `(?:오전|오후|아침|저녁|밤|새벽|낮)?\\s*${hour}\\s?시(?!간)(?:\\s*\\d{1,2}\\s?분|\\s*반)?|(?:오전|오후)\\s*${hour}${minutes}|정오|자정`;
const eastern =
  `(?:午前|午後|朝|夕方|夜|深夜|上午|下午|早上|早晨|晚上|凌晨|傍晚|夜里)\\s*${hour}${minutes}|` +
  `(?:午前|午後|朝|夕方|夜|深夜|上午|下午|早上|早晨|晚上|凌晨|中午|傍晚|夜里)?の?\\s*${hour}\\s?[時时点點](?![間间])(?:\\s*\\d{1,2}\\s?分|半|钟)?|正午`;
const noons = 'noon|midday|midnight';
const digits = '\\d{1,2}(?::[0-5]\\d)?';
const sharp = `${hour}(?:${minutes})?\\s?[ap]\\.?m\\b\\.?|${hour}${minutes}|${hour} o['’]clock`;
const english = `${sharp}|${hour}(?: o'clock|h\\b)?(?![\\d.:%/]|\\s*[시분時时点]|\\s+percent)|${noons}`;
const lunch = 'lunch(?:time)?|점심(?:\\s*시간)?|昼食|昼休み|お昼|午饭|午休|中午(?!\\s*\\d)';
const clock = `(${korean}|${eastern}|${english}|${lunch})`;
const told = `(${korean}|${eastern}|${lunch.replace('lunch(?:time)?|', '')})`;

/** Takes out the hours there are; undefined when there are none. */
export function takeHours(text: Remaining): SaidHours | undefined {
  const said = takeClock(text);
  if (said)
    return inPart(
      said,
      englishParts.find((part) => text.take(part)),
    );
  for (const [pattern, [from, to]] of partsOfDay) if (text.take(pattern)) return { from, before: to };
  return undefined;
}

function takeClock(text: Remaining): SaidHours | undefined {
  const between =
    text.take(`\\b(?:between|from) ${clock} (?:and|to|until|till) ${clock}`) ??
    text.take(`${clock}\\s*(?:부터|에서|から|到|至)\\s*${clock}\\s*(?:까지|사이|まで|の間|之间)?에?`) ??
    text.take(`${told}\\s*[-–~〜]\\s*${told}(?:\\s*(?:사이|の間|之间))?에?`) ??
    text.take(
      `(${sharp}|${noons})\\s?(?:[-–~〜]|\\b(?:to|until|till)\\b)\\s?(${digits}(?:\\s?[ap]\\.?m\\b\\.?)?|${noons})(?![\\d:])`,
    ) ??
    text.take(`(?<![\\d.,:/-])(${digits})\\s?[-–~〜]\\s?(${digits}\\s?[ap]\\.?m\\b\\.?)`) ??
    text.take(`\\b(?:at|around|between|from) (${digits})\\s?[-–~〜]\\s?(${digits})(?![\\d.:/-])`);
  if (between) return hoursBetween(between[1]!, between[2]!);
  const before =
    text.take(`\\b(?:before|until|till|by) ${clock}`) ??
    text.take(`${clock}(?:\\s*먹기)?(?:の|まで|より)?\\s*(?:이?전|까지|以前|前|まで|之前)(?:에|に|の)?`);
  if (before) return { from: 0, before: clockOf(before[1]!)[0], point: clockOf(before[1]!)[0] };
  const after =
    text.take(`\\b(?:after|since|from) ${clock}`) ??
    text.take(`${clock}\\s*(?:이후|후|부터|から|以降|以後|の後|之后|以后|后)(?:에|に|の)?`);
  if (after) return { from: clockOf(after[1]!)[1], before: dayMinutes, point: clockOf(after[1]!)[1] };
  const at =
    text.take(`\\b(?:at|around|about|during|over) ${clock}`) ??
    text.take(`${told}\\s*(?:쯤|경|때|시간|頃|ごろ|左右|的时候)?(?:에|に|の)?`) ??
    text.take(`(${sharp})(?:\\s*(?:쯤|경|頃|ごろ|左右))?(?:에|に|の)?`);
  if (at) {
    const [from, to] = clockOf(at[1]!);
    return from === to ? { from: from - around, before: to + around, point: from } : { from, before: to };
  }
  return undefined;
}

/** Beside a day that is taken out, or with words of its own: "last night at 11", "at 8 in the evening". */
const englishParts = ['morning', 'afternoon', 'evening', '(?:to)?night'].map(
  (part) => `(?:\\b(?:in the|at|this) |(?<=^ *| {2}))${part}\\b`,
);

/** The half of the day that a part of it says: 8 in the evening is 20 o'clock, and so is "8:00 last night". */
function inPart(said: SaidHours, part: string | undefined): SaidHours {
  if (part === undefined) return said;
  const named = said.point ?? said.from;
  const early = named % (dayMinutes / 2);
  const isMorning = part.includes('morning') || (part.includes('night') && early < 6 * 60);
  const shift = early + (isMorning ? 0 : dayMinutes / 2) - named;
  const { from, before, point } = said;
  return {
    from: from === 0 ? 0 : from + shift,
    before: before === dayMinutes ? dayMinutes : before + shift,
    ...(point !== undefined && { point: point + shift }),
  };
}

const marks = /[ap]\.?m\b|오전|오후|아침|저녁|밤|새벽|낮|[午朝夕夜晚早晨]|凌晨/u;

/** One of the two may say for both which half of the day is meant: "9-11 pm", "오후 9시부터 11시까지"; "9 to 5" needs none. */
function hoursBetween(first: string, second: string): SaidHours {
  const [from] = clockOf(first);
  const [, to] = clockOf(second);
  const half = dayMinutes / 2;
  const after = (minutes: number) => ((minutes % half) + half) % half || half;
  if (isOpen(first, second) && !isOpen(second, first)) {
    const start = to - after(to - from);
    return start < 0 ? { from: start + dayMinutes, before: to + dayMinutes } : { from: start, before: to };
  }
  if (isOpen(second, first)) return { from, before: from + after(to - from) };
  return { from, before: to < from ? to + dayMinutes : to };
}

/** Whether an hour can be in both halves of the day. Beside one with a mark, 3:05 can, too. */
function isOpen(text: string, other: string): boolean {
  const [hour] = /\d+/.exec(text) ?? [];
  return hour !== undefined && Number(hour) <= 12 && !marks.test(text) && (!text.includes(':') || marks.test(other));
}

const partsOfDay: readonly (readonly [string, readonly [number, number]])[] = [
  ['새벽에?|凌晨|未明に?', [0, 6 * 60]],
  [
    '(?:\\bin )?(?:\\bthe )?\\bmorning\\b|아침에?|오전에?|朝に?|午前(?:中)?に?|早上|早晨|上午|(?<= )早',
    [5 * 60, 12 * 60],
  ],
  ['(?:\\bin )?(?:\\bthe )?\\bafternoon\\b|오후에?|午後に?|下午', [12 * 60, 18 * 60]],
  ['(?:\\bin )?(?:\\bthe )?\\bevening\\b|저녁에?|夕方に?|傍晚', [18 * 60, 22 * 60]],
  ['\\btonight\\b', [18 * 60, dayMinutes]],
  ['(?:\\bat )?\\bnight\\b|밤에?|[夜晩]に?|晚上|夜里|(?<= )晚', [20 * 60, dayMinutes]],
];

/** From and to, the same for a minute. Lunch is from 12 to 13 o'clock. */
function clockOf(text: string): readonly [number, number] {
  if (/^(lunch|점심|昼食|昼休み|お昼|午饭|午休)/.test(text) || /^中午$/.test(text)) return [12 * 60, 13 * 60];
  if (/^(noon|midday|정오|正午)/.test(text)) return [12 * 60, 12 * 60];
  if (/^(midnight|자정)/.test(text)) return [0, 0];
  const [, digits, past] = /(\d{1,2})(?:\s?:|\s?[시時时点點]\s*)?(\d{1,2}|반|半)?/u.exec(text) ?? [];
  const named = Number(digits);
  const isMorning = /a\.?m|오전|아침|새벽|午前|朝|上午|早|凌晨/.test(text) || (/[밤夜晚]/.test(text) && named <= 5);
  // Without a hint, people mean the hours they are awake: 1 to 6 are in the afternoon, unless written as 3:05.
  const isAfternoon =
    /p\.?m|오후|저녁|밤|낮|午後|夕|夜|下午|晚|中午/.test(text) || (!text.includes(':') && named >= 1 && named <= 6);
  const at = 60 * ((named % 12) + (!isMorning && (isAfternoon || named >= 12) ? 12 : 0));
  // 24:00 is the end of the day.
  const end = named === 24 ? dayMinutes : at;
  const minute = end + (past === '반' || past === '半' ? 30 : Number(past ?? 0));
  return [minute, minute];
}
