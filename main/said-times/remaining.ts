/** A text from which what was understood is taken out. */
export class Remaining {
  text: string;

  /** Full-width digits and letters are the usual ones; a numeral before a unit of time is a number. */
  constructor(text: string) {
    this.text = text
      .normalize('NFKC')
      .toLowerCase()
      .replace(numeral, (words) => String(numberOf(words)));
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
const digits = '〇一二三四五六七八九';

/** 三 is 3, 十 10, 十五 15, 二十一 21. */
function numberOf(words: string): number {
  const digit = (word: string) => digits.indexOf(word.replace(/[两兩]/u, '二').replace('零', '〇'));
  const [tens = '', ones = ''] = words.split('十');
  if (!words.includes('十')) return Number([...words].map(digit).join(''));
  return 10 * (tens === '' ? 1 : digit(tens)) + (ones === '' ? 0 : digit(ones));
}
