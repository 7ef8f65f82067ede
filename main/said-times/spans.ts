/** Spans that end now, or lie around a time before it, as people of English, Korean, Japanese and Chinese say them. */
import type { Remaining } from './remaining.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const units: Readonly<Record<string, number>> = {
  ...{
    second: 1000,
    sec: 1000,
    minute,
    min: minute,
    hour,
    hr: hour,
    day,
    week: 7 * day,
    month: 30 * day,
    year: 365 * day,
  },
  ...{ h: hour, m: minute, s: 1000, d: day },
  ...{ 초: 1000, 분: minute, 시간: hour, 일: day, 주: 7 * day, 달: 30 * day, 개월: 30 * day, 년: 365 * day },
  ...{ 秒: 1000, 分: minute, 時間: hour, 日: day, 週間: 7 * day, 月: 30 * day, 年: 365 * day },
  ...{ か月: 30 * day, ヶ月: 30 * day, カ月: 30 * day, ケ月: 30 * day, 箇月: 30 * day },
  ...{ 秒钟: 1000, 分钟: minute, 小时: hour, 小時: hour, 天: day, 周: 7 * day, 星期: 7 * day },
};
const numbers: Readonly<Record<string, number>> = {
  ...{ a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{
    fifteen: 15,
    twenty: 20,
    thirty: 30,
    forty: 40,
    'half an': 0.5,
    'half a': 0.5,
    'a couple of': 2,
    'couple of': 2,
  },
  ...{ 한: 1, 두: 2, 세: 3, 네: 4, 다섯: 5, 열: 10 },
  ...{ 석: 3, 넉: 4, 여섯: 6, 일곱: 7, 여덟: 8, 아홉: 9 },
  ...{ 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9, 十: 10, 半: 0.5 },
  // A few: one to seven.
  ...{ few: 7, 'a few': 7, several: 7, 몇: 7, 数: 7, 几: 7 },
};
const amount =
  '(half an?|(?:a )?couple of|(?:a )?few|several|\\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty)';
const unit = '(second|sec|minute|min|hour|hr|day|week|month|year|(?<=\\d ?)[hmsd])s?';
const koreanAmount = '(\\d+|한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉|열|몇)';
const easternAmount = '(\\d+|[一二两三四五六七八九十半数几])';
const easternUnit = '(秒钟|秒|分钟|分|時間|小时|小時|日|天|週間|周|星期|[かヶカケ箇]月|(?<=个)月|年)間?';

/** "Last month" is one of the calendar; "the last month" ends now. */
const notCalendar = '(?!(?<!the )last (?:month|year)\\b)';

/** "An hour and a half ago", and not "half an hour ago". */
const withHalf = /and a half|반|个半|半\s*(?:前|以前|之前)/u;

/** One to seven of them. */
const few = /few|several|[몇数几]/u;
const justNow =
  '\\bjust now\\b|\\ba (?:moment|few min(?:ute)?s) ago\\b|(?:방금|조금|몇\\s?분)\\s?전에?|방금|아까|(?:つい)?さっき|先ほど|数分前|刚才|刚刚|几分钟前';

/** A span, or one that lies before every clock. */
type TakenSpan = { readonly from: number; readonly before: number } | { readonly unread: string };

/** Takes out "last hour" or "10 minutes ago". `now` and what is returned: milliseconds since 1970. */
export function takeSpanUntilNow(text: Remaining, now: number): TakenSpan | undefined {
  const [, count = '1', spanUnit = ''] =
    text.take(
      `(?<!day )\\b(?:(?:in|over|during|for) )?(?:the )?${notCalendar}(?:last|past) (?:${amount} ?)?${unit}\\b`,
    ) ??
    text.take(
      `(?:지난|최근)\\s*${koreanAmount}?\\s*(초|분|시간|일(?!요일)|주(?!말|\\s?[일월화수목금토]요일)|(?<=\\d\\s?|[한두세석네넉몇]\\s?)(?:달|개월|년))(?:\\s*(?:동안|간))?에?`,
    ) ??
    text.take(`(?:過去|この|直近|过去|最近)(?:の)?\\s*${easternAmount}\\s*个?${easternUnit}(?:で|に|内|里)?`) ??
    [];
  if (spanUnit !== '') return { from: Math.max(0, now - amountOf(count) * units[spanUnit]!), before: now };
  if (text.take(justNow)) return { from: now - 10 * minute, before: now };
  const [said = '', agoCount, agoUnit = ''] =
    text.take(`\\b${amount} ?${unit}(?: and a half)? ago\\b`) ??
    text.take(`(?<![\\d시월])(?<![시월]\\s)${koreanAmount}\\s*(초|분|시간|일|주|달|개월|년)일?(?:\\s*반)?\\s*전에?`) ??
    text.take(`(?<![\\d시時时点月])${easternAmount}\\s*(?:个半?)?${easternUnit}半?\\s*(?:前|以前|之前)(?:に|の)?`) ??
    [];
  if (agoCount !== undefined) {
    if (few.test(agoCount)) return { from: now - 7 * units[agoUnit]!, before: now - units[agoUnit]! };
    const ago = (amountOf(agoCount) + (withHalf.test(said) ? 0.5 : 0)) * units[agoUnit]!;
    if (ago > now) return { unread: said.trim() };
    const about = Math.max(minute, ago / 6);
    return { from: now - ago - about, before: Math.min(now, now - ago + about) };
  }
  return undefined;
}

function amountOf(text: string): number {
  return numbers[text] ?? Number(text);
}
