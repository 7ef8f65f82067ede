/** What a narration quotes of the screen, and how it is said. */
import type { PageLine } from '../reading/page.ts';

/** What a narration quotes. */
export interface Quotation {
  readonly text: string;
  /** The program and its window in which it stands, where they are known. */
  readonly app?: string;
  readonly title?: string;
  /** Where it begins, in pixels of the source. */
  readonly box: PageLine['box'];
}

/** Characters of a quotation, at most. */
const mostCharacters = 80;

/** Lines as one quotation; undefined where they say nothing. */
export function quotationOf(lines: readonly PageLine[]): Quotation | undefined {
  const [first] = lines;
  const text = shortened(lines.map((line) => line.text.trim()).join(' '));
  if (!first || text === '') return undefined;
  const { app, title, box } = first;
  return { text, ...(app !== undefined && { app }), ...(title !== undefined && { title }), box };
}

/** The sentence with the quotation at its end: `A terminal opened: "build".` Its marks are those of no other language. */
export function quoting(sentence: string, { text }: Quotation): string {
  const end = /[.!?…。]$/.test(text) ? '' : '.';
  return `${sentence.replace(/[.。]$/, '')}: "${text}"${end}`;
}

/** At most so many characters; no mark in it ends the quotation early. */
function shortened(text: string): string {
  const characters = [...text.replaceAll(/["“”„]/g, "'")];
  if (characters.length <= mostCharacters) return characters.join('');
  const kept = characters.slice(0, mostCharacters - 1).join('');
  return `${kept.trimEnd()}…`;
}
