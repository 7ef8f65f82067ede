/**
 * What a small model has learned to be asked and told, and what somebody means. A bundle names the topics
 * (`understands` in bundle.json). A sentence is understood if all of its words belong to one topic; the model is then fed
 * the words it has learned for it. To anything else the user is told that it is not understood, and what is.
 */

import { languageOf } from '../base/languages.ts';
import type { BundleManifest } from '../bundle/manifest.ts';

type Understands = NonNullable<BundleManifest['understands']>;
type Topic = Understands['questions'][number][string];
type Kind = 'questions' | 'instructions';

/** Words that say nothing of what a sentence is about, whatever the topic. */
const free: Readonly<Record<string, ReadonlySet<string>>> = {
  en: wordSet(
    `a an the i me my we our you your it its is are was were be been am do does did has have had to of on in at for with
    and this that these those there here now right currently please can could would will just only what which something
    anything tell let know say so about`,
  ),
  ko: wordSet(
    `지금 현재 뭐 뭐가 뭐야 뭐예요 뭘 무엇 무엇이 무엇을 무엇인가요 무슨 어떤 어느 나 나는 내 내가 제가 좀 그 그게 그건 이 저 줘 주세요 말해 말해줘 알려
    알려줘 알려주세요 해 해줘`,
  ),
};
/** Share of two Korean words, from their beginning, that is alike where one is a form of the other. */
const sameStem = 0.5;
const nameSlot = '{name}';

export class Understanding {
  readonly #understands: Understands | undefined;

  /** Without `understands` everything is taken to be understood, as it stands. */
  constructor({ understands }: Pick<BundleManifest, 'understands'>) {
    this.#understands = understands;
  }

  /** What the model is to be asked in place of the question; undefined: it is not understood. */
  question(text: string): string | undefined {
    return this.#heard('questions', text);
  }

  /** What the model is to be told in place of the instruction; undefined: it is not understood. */
  instruction(text: string): string | undefined {
    return this.#heard('instructions', text);
  }

  /** One taught sentence of each topic, in that language or, where there are none, in English. */
  examples(kind: Kind, language: string): string[] {
    const { [kind]: topics = [], names } = this.#understands ?? {};
    return topics.flatMap((topic) => {
      const tag = topic[language] ? language : 'en';
      const [sentence] = topic[tag]?.taught ?? [];
      return sentence === undefined ? [] : [sentence.replace(nameSlot, () => names?.[tag]?.[0]?.[0] ?? '')];
    });
  }

  #heard(kind: Kind, text: string): string | undefined {
    if (!this.#understands) return text;
    const language = languageOf(text);
    const { slotted, name } = this.#slotted(text, language);
    const words = wordsOf(slotted);
    const topics = this.#understands[kind].flatMap((topic) => topic[language] ?? []);
    const normal = words.join(' ');
    const taught = topics.flatMap((topic) => topic.taught).find((sentence) => wordsOf(sentence).join(' ') === normal);
    const [nearest] = topics
      .filter((topic) => isOn(topic, words, language))
      .sort((a, b) => likeness(b, words) - likeness(a, words));
    return (taught ?? nearest?.taught[0])?.replace(nameSlot, () => name ?? '');
  }

  /** The sentence with "{name}" where it names a program, and that program's own name. */
  #slotted(text: string, language: string): { slotted: string; name?: string } {
    const plain = text.normalize().toLowerCase();
    const called = (this.#understands?.names[language] ?? [])
      .flatMap((names) => names.map((called) => ({ called, name: names[0]! })))
      .sort((a, b) => b.called.length - a.called.length);
    for (const { called: word, name } of called) {
      // Korean particles follow a name without a space.
      const end = language === 'ko' ? '' : '(?![\\p{L}\\p{N}])';
      const pattern = RegExp.escape(word.normalize().toLowerCase()).replaceAll('\\x20', '\\s*');
      const found = new RegExp(`(?<![\\p{L}\\p{N}])${pattern}${end}`, 'u').exec(plain);
      if (!found) continue;
      const behind = plain.slice(found.index + found[0].length);
      return { slotted: `${plain.slice(0, found.index)}${nameSlot}${behind}`, name };
    }
    return { slotted: plain };
  }
}

/** Whether all words that say something are among the topic's, and one of them is what it is about. */
function isOn(topic: Topic, words: readonly string[], language: string): boolean {
  const telling = words.filter((word) => !free[language]?.has(word) || topic.about.includes(word));
  const alike = language === 'ko' ? sameKoreanStem : sameEnglishStem;
  const known = [...topic.taught.flatMap(wordsOf), ...topic.about, ...topic.also];
  return (
    telling.every((word) => known.some((other) => alike(word, other))) &&
    telling.some((word) => topic.about.some((other) => alike(word, other)))
  );
}

/** Dice coefficient of the words with those of the taught sentence that is most like them, 0..1. */
function likeness({ taught }: Topic, words: readonly string[]): number {
  const shares = taught.map((sentence) => {
    const others = wordsOf(sentence);
    return (2 * words.filter((word) => others.includes(word)).length) / (words.length + others.length);
  });
  return Math.max(...shares);
}

function wordsOf(sentence: string): string[] {
  const plain = sentence.normalize().toLowerCase().replaceAll('’', "'");
  const spelt = plain.replaceAll(/\b(\w+)n't\b/g, '$1 not').replaceAll(/'(s|re|m|ve|ll|d)\b/g, '');
  return spelt.match(/\{name\}\p{Script=Hangul}*|[\p{L}\p{N}]+/gu) ?? [];
}

function sameEnglishStem(a: string, b: string): boolean {
  const stem = (word: string) => word.replace(/(?<=\w{3})(?:ing|ed|es|s|e)$/, '');
  return a === b || stem(a) === stem(b);
}

/** By letters, not syllables: endings change the last syllable of a stem. */
function sameKoreanStem(a: string, b: string): boolean {
  const [first, second] = [a.normalize('NFD'), b.normalize('NFD')];
  const longest = Math.max(first.length, second.length);
  let same = 0;
  while (same < longest && first[same] === second[same]) same++;
  return same / longest >= sameStem;
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
