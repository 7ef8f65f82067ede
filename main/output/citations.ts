/** Citations in what a chat model wrote: `[1]`, `[1, 3]`, `[2-4]`. */
import { oneLine } from './clean-text.ts';

export interface Cited {
  /** The text with citations of the form `[1]`, none of which leads nowhere. */
  readonly text: string;
  /** What is cited, ascending. */
  readonly numbers: readonly number[];
}

/** An opening bracket, numbers with what stands between them, a closing one. */
const citation = /[[【]\s*#?(\d+(?:\s*(?:,|;|-|–|and)\s*#?\d+)*)\s*[\]】]/g;
/** Longer answers are cut, characters. */
const longest = 6000;

/** Reads citations of moments 1 to `count`, and takes out those of others. */
export function readCitations(written: string, count: number): Cited {
  const known = new Set<number>();
  const text = withoutThoughts(written)
    .slice(0, longest)
    .split('\n')
    .map((line) =>
      oneLine(line)
        .replaceAll(citation, (_, list: string) => {
          const numbers = numbersIn(list).filter((number) => number >= 1 && number <= count);
          for (const number of numbers) known.add(number);
          return numbers.map((number) => `[${number}]`).join('');
        })
        .replaceAll(/(\[\d+\])\1+/g, '$1')
        .replaceAll(/ +([.,;:!?]|$)/g, '$1')
        .replaceAll(/ {2,}/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n');
  return { text, numbers: [...known].sort((a, b) => a - b) };
}

/** Models that think aloud do so in tags. */
function withoutThoughts(text: string): string {
  return text.replaceAll(/<think>.*?(<\/think>|$)/gs, '');
}

/** "1, 3-5" to 1, 3, 4, 5. */
function numbersIn(list: string): number[] {
  return list.split(/\s*(?:,|;|and)\s*/).flatMap((part) => {
    const [first = 0, last = first] = part.split(/[-–]/).map((text) => Number(text.replaceAll(/\D/g, '')));
    return last - first > 100 ? [first, last] : Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
