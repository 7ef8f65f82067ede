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
const sharp = `${hour}(?:${minutes})?\\s?[ap]\\.?m\\b\\.?|${hour}${minutes}|${hour} o['’]clock`;
const english = `${sharp}|${hour}(?: o'clock)?(?![\\d.:%/]|\\s*[시분時时点]|\\s+percent)|noon|midday|midnight`;
const lunch = 'lunch(?:time)?|점심(?:\\s*시간)?|昼食|お昼|午饭|中午(?!\\s*\\d)';
const clock = `(${korean}|${eastern}|${english}|${lunch})`;
const told = `(${korean}|${eastern}|${lunch.replace('lunch(?:time)?|', '')})`;

/** Takes out the hours there are; undefined when there are none. */
export function takeHours(text: Remaining): SaidHours | undefined {
  const between =
    text.take(`\\b(?:between|from) ${clock} (?:and|to|until|till) ${clock}`) ??
    text.take(`${clock}\\s*(?:부터|에서|から|到|至)\\s*${clock}\\s*(?:까지|사이|まで|の間|之间)?에?`) ??
    text.take(`${told}\\s*[-–~〜]\\s*${told}(?:\\s*(?:사이|の間|之间))?에?`) ??
    text.take(`(${sharp})\\s?[-–~〜]\\s?(\\d{1,2}(?::[0-5]\\d)(?:\\s?[ap]\\.?m)?)(?![\\d:])`);
  if (between) {
    const [from, to] = [clockOf(between[1]!)[0], clockOf(between[2]!)[1]];
    return { from, before: to < from ? to + dayMinutes : to };
  }
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
  for (const [pattern, [from, to]] of partsOfDay) if (text.take(pattern)) return { from, before: to };
  return undefined;
}

const partsOfDay: readonly (readonly [string, readonly [number, number]])[] = [
  ['새벽에?|凌晨|未明に?', [0, 6 * 60]],
  [
    '(?:\\bin )?(?:\\bthe )?\\bmorning\\b|아침에?|오전에?|朝に?|午前(?:中)?に?|早上|早晨|上午|(?<= )早',
    [5 * 60, 12 * 60],
  ],
  ['(?:\\bin )?(?:\\bthe )?\\bafternoon\\b|오후에?|午後に?|下午', [12 * 60, 18 * 60]],
  ['(?:\\bin )?(?:\\bthe )?\\bevening\\b|저녁에?|夕方に?|傍晚', [18 * 60, 22 * 60]],
  ['(?:\\bat )?\\bnight\\b|밤에?|[夜晩]に?|晚上|夜里|(?<= )晚', [20 * 60, dayMinutes]],
];

/** From and to, the same for a minute. Lunch is from 12 to 13 o'clock. */
function clockOf(text: string): readonly [number, number] {
  if (/^(lunch|점심|昼食|お昼|午饭)/.test(text) || /^中午$/.test(text)) return [12 * 60, 13 * 60];
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
