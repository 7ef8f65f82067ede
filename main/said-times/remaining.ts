/** A text from which what was understood is taken out. */
import { inDigits } from './in-digits.ts';

export class Remaining {
  text: string;

  /** Full-width digits and letters are the usual ones; a numeral before a unit of time is a number. */
  constructor(text: string) {
    this.text = inDigits(text.normalize('NFKC').toLowerCase());
  }

  /** Takes out the first match, and gives it. */
  take(pattern: string): RegExpExecArray | undefined {
    const match = new RegExp(pattern, 'u').exec(this.text);
    if (match) this.text = `${this.text.slice(0, match.index)} ${this.text.slice(match.index + match[0].length)}`;
    return match ?? undefined;
  }
}
