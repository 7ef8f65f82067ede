/** A text from which what was understood is taken out. */
export class Remaining {
  text: string;

  /** Full-width digits and letters are the usual ones; a numeral before a unit of time is a number. */
  constructor(text: string) {
    this.text = text
      .normalize('NFKC')
      .toLowerCase()
      .replace(numeral, (words) => String(numberOf(words)))
      .replace(koreanHour, (word) => String(koreanHours.indexOf(word) + 1))
      .replace(koreanDays, (word) => spansOfDays[word]!)
      .replace(/저번(?=\s?(?:주|달|[일월화수목금토]요일))/gu, '지난');
  }

  /** Takes out the first match, and gives it. */
  take(pattern: string): RegExpExecArray | undefined {
    const match = new RegExp(pattern, 'u').exec(this.text);
    if (match) this.text = `${this.text.slice(0, match.index)} ${this.text.slice(match.index + match[0].length)}`;
    return match ?? undefined;
  }
}

const numeral =
  /[〇零一二两兩三四五六七八九十]+(?=\s*(?:[點点時时月号號]|分(?![析类類])|小时|小時|時間|日(?!本)|天前))/gu;
const koreanHours = '한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두'.split(' ');
/** "세 시", but not "네 시스템" (your system). */
const koreanHour = new RegExp(
  `(?<!\\p{L})(?:${koreanHours.toReversed().join('|')})(?=\\s?시(?:[\\s에쯤경반부까이전의~?.,]|$))`,
  'gu',
);
const spansOfDays: Readonly<Record<string, string>> = {
  하루: '1일',
  이틀: '2일',
  사흘: '3일',
  나흘: '4일',
  일주일: '1주',
};
const koreanDays = /(?:하루|이틀|사흘|나흘|일주일)(?=\s*(?:전|동안))/gu;
const digits = '〇一二三四五六七八九';

/** 三 is 3, 十 10, 十五 15, 二十一 21. */
function numberOf(words: string): number {
  const digit = (word: string) => digits.indexOf(word.replace(/[两兩]/u, '二').replace('零', '〇'));
  const [tens = '', ones = ''] = words.split('十');
  if (!words.includes('十')) return Number([...words].map(digit).join(''));
  return 10 * (tens === '' ? 1 : digit(tens)) + (ones === '' ? 0 : digit(ones));
}
