import type { Language } from '../../../preload/contract.ts';
import { catalogue } from './catalogue.ts';
import type { TextKey } from './text.ts';

export type Values = Readonly<Record<string, string | number>>;

/** Texts, numbers and times as one language writes them. */
export class Phrases {
  readonly language: Language;
  readonly #plurals: Intl.PluralRules;
  readonly #numbers: Intl.NumberFormat;
  readonly #percents: Intl.NumberFormat;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();

  constructor(language: Language) {
    this.language = language;
    this.#plurals = new Intl.PluralRules(language);
    this.#numbers = new Intl.NumberFormat(language);
    this.#percents = new Intl.NumberFormat(language, { style: 'percent' });
  }

  /** The text behind the key, its places filled in. */
  say(key: TextKey, values: Values = {}): string {
    const text = catalogue[this.language][key];
    const form = typeof text === 'string' ? text : this.#plural(text, Number(values.count));
    return form.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? '';
      return typeof value === 'number' ? this.#numbers.format(value) : value;
    });
  }

  #plural(forms: { readonly one?: string; readonly other: string }, count: number): string {
    return this.#plurals.select(count) === 'one' ? (forms.one ?? forms.other) : forms.other;
  }

  /** "97 %", whole per cent; theta and p(silence) are between 0 and 1. */
  percent(share: number): string {
    return this.#percents.format(share);
  }

  number(value: number): string {
    return this.#numbers.format(value);
  }

  /** "14:05", with seconds "14:05:09"; wall clock in milliseconds. */
  clock(at: number, { seconds = false } = {}): string {
    return this.#at(at, {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(seconds && { second: '2-digit' }),
    });
  }

  /** "Monday, 23 November". */
  day(at: number): string {
    return this.#at(at, { weekday: 'long', day: 'numeric', month: 'long' });
  }

  /** "Mon, 23 Nov". */
  shortDay(at: number): string {
    return this.#at(at, { weekday: 'short', day: 'numeric', month: 'short' });
  }

  /** "3 minutes ago"; to the second below a minute. */
  ago(ms: number): string {
    const seconds = Math.max(0, Math.round(ms / 1000));
    const relative = new Intl.RelativeTimeFormat(this.language, { numeric: 'auto' });
    if (seconds < 60) return relative.format(-seconds, 'second');
    if (seconds < 3600) return relative.format(-Math.round(seconds / 60), 'minute');
    return relative.format(-Math.round(seconds / 3600), 'hour');
  }

  /** "12 s", "5 min", "2 h". */
  lasting(ms: number): string {
    const seconds = Math.round(ms / 1000);
    const [value, unit] =
      seconds < 60
        ? [seconds, 'second']
        : seconds < 3600
          ? [Math.round(seconds / 60), 'minute']
          : [Math.round(seconds / 360) / 10, 'hour'];
    return new Intl.NumberFormat(this.language, { style: 'unit', unit: String(unit), unitDisplay: 'short' }).format(
      Number(value),
    );
  }

  #at(at: number, options: Intl.DateTimeFormatOptions): string {
    const key = JSON.stringify(options);
    let format = this.#formats.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.language === 'en' ? 'en-GB' : this.language, options);
      this.#formats.set(key, format);
    }
    return format.format(at);
  }
}
