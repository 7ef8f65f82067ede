import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../main/errors.ts';
import { catalogue, languageFrom, type Text } from '../../renderer/src/texts/catalogue.ts';
import { failures } from '../../renderer/src/texts/failures.ts';
import { Phrases } from '../../renderer/src/texts/phrases.ts';

const folder = fileURLToPath(new URL('../../renderer/src', import.meta.url));
const components = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.svelte'),
);
const spokenAttributes = new Set([
  'aria-label',
  'aria-valuetext',
  'aria-description',
  'title',
  'placeholder',
  'alt',
  'label',
]);

/** Addresses and names of keys are the same in every language. */
const notLanguage = /^wss?:\/\/|^https?:\/\//;

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Texts of a component that a user would read and that do not come from the catalogue. */
function strayTexts(source: string): string[] {
  const found: string[] = [];
  const isText = (text: string) => /\p{L}/u.test(text) && !notLanguage.test(text.trim());
  const visit = (value: unknown, spoken: boolean): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, spoken);
      return;
    }
    if (value === null || typeof value !== 'object' || !('type' in value)) return;
    const node = value as Node;
    if (node.type === 'Text' && spoken && isText(String(node.data))) found.push(String(node.data).trim());
    // What stands in an expression that is shown: `{'words'}`, `{yes ? 'words' : other}`.
    if (node.type === 'ExpressionTag' && spoken) shownLiterals(node.expression as Node);
    if (node.type === 'StyleDirective') return;
    if (node.type === 'Attribute') {
      visit(node.value, spokenAttributes.has(String(node.name)));
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      if (key !== 'expression' || node.type !== 'ExpressionTag') visit(child, spoken);
    }
  };
  const shownLiterals = (expression: Node): void => {
    switch (expression.type) {
      case 'Literal':
        if (typeof expression.value === 'string' && isText(expression.value)) found.push(expression.value);
        return;
      case 'TemplateLiteral':
        for (const part of expression.quasis as { value: { cooked: string } }[]) {
          if (isText(part.value.cooked) && !/^\/overlay/.test(part.value.cooked)) found.push(part.value.cooked);
        }
        return;
      case 'ConditionalExpression':
        shownLiterals(expression.consequent as Node);
        shownLiterals(expression.alternate as Node);
        return;
      case 'LogicalExpression':
      case 'BinaryExpression':
        shownLiterals(expression.right as Node);
        if (expression.operator === '+') shownLiterals(expression.left as Node);
    }
  };
  visit(parse(source, { modern: true }).fragment, true);
  return found;
}

describe('texts of the window', () => {
  test.each(components)('%s has all of its texts in the catalogue', (name) => {
    expect(strayTexts(readFileSync(join(folder, name), 'utf8'))).toEqual([]);
  });

  test('a text that is not in the catalogue is found wherever it stands', () => {
    const stray = [
      '<p>Hello</p>',
      '<button title="Hello">{say("a")}</button>',
      '<img alt="Hello" src="x.png" />',
      '<p>{ready ? "Hello" : say("a")}</p>',
      '{#if ready}<b>Hello</b>{/if}',
      '<Field label="Hello" />',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the component
      '<input placeholder={`Hello ${name}`} />',
    ];
    for (const source of stray) expect(strayTexts(source), source).toHaveLength(1);
    expect(strayTexts('<p class="hello" id="there">{say("a.b")} {name}: 12</p>')).toEqual([]);
  });

  test.each(['ko', 'ja', 'zh'] as const)('%s has the keys and the places of English, and its own words', (language) => {
    const places = (text: Text) =>
      [...new Set((typeof text === 'string' ? text : text.other).match(/\{\w+\}/g))].sort().join(' ');
    const texts = catalogue[language];
    expect(Object.keys(texts).sort()).toEqual(Object.keys(catalogue.en).sort());
    for (const [key, text] of Object.entries(catalogue.en)) {
      expect(places(texts[key as keyof typeof texts]), key).toBe(places(text));
    }
    // Names of formats and of the program stay; nearly everything else is to be translated.
    const same = Object.entries(texts).filter(([key, text]) => text === catalogue.en[key as keyof typeof texts]);
    const alike = ['format.md', 'format.srt', 'format.vtt', 'match.words', 'overlay.title'];
    expect(alike).toEqual(expect.arrayContaining(same.map(([key]) => key)));
  });

  test('every key is used, and every form of a plural has the same places', () => {
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(svelte|ts)$/.test(name) && !name.startsWith('texts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const unused = Object.keys(catalogue.en).filter((key) => {
      // Some are put together, such as `state.${freshness}`.
      const family = key.slice(0, key.lastIndexOf('.') + 1);
      const composed = sources.includes(`\`${family}\${`) || (key.endsWith('-until') && sources.includes('-until`'));
      return !sources.includes(`'${key}'`) && !sources.includes(`"${key}"`) && !composed;
    });
    expect(unused).toEqual([]);
  });

  test('whatever the program tells has its words in every language', () => {
    const main = fileURLToPath(new URL('../../main', import.meta.url));
    const sources = ['assistant', 'capture', 'desktop', 'engine', 'live', 'server'].flatMap((part) =>
      readdirSync(join(main, part), { encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(join(main, part, name), 'utf8')),
    );
    // Wherever a notice or an outcome is made: as an argument, or as a property.
    const told = /(?:notify|notice|refusal)\(\s*'([a-z-]+)'|\bcode: '([a-z-]+)'/g;
    const codes = sources.flatMap((source) => [...source.matchAll(told)].map(([, a, b]) => a ?? b!));
    expect(codes).toEqual(
      expect.arrayContaining(['shortcut-taken', 'key-store', 'update-available', 'source-stalled']),
    );
    const missing = [...codes, ...errorCodes].filter((code) => failures[code] === undefined);
    expect(missing).toEqual([]);
    for (const { ko, ja, zh } of Object.values(failures)) {
      expect(ko).toMatch(/\p{Script=Hangul}/u);
      expect(ja).toMatch(/[\p{Script=Hiragana}\p{Script=Katakana}]/u);
      expect(zh).toMatch(/\p{Script=Han}/u);
    }
  });

  test('places are filled in, numbers and plurals as the language writes them', () => {
    const english = new Phrases('en');
    expect(english.say('days.said', { count: 1 })).toBe('1 sentence');
    expect(english.say('days.said', { count: 1234 })).toBe('1,234 sentences');
    expect(new Phrases('ko').say('days.said', { count: 1234 })).toBe('1,234문장');
    expect(english.say('search.for', { text: '{count} $& <b>' })).toBe('Search for “{count} $& <b>”');
    expect(english.clock(new Date(2026, 4, 1, 0, 5, 9).getTime(), { seconds: true })).toBe('00:05:09');
    expect(english.percent(0.4)).toBe('40%');
  });

  test('the language is the first of the wanted ones that there is', () => {
    expect(languageFrom(['de-DE', 'ja-JP', 'en'])).toBe('ja');
    expect(languageFrom(['zh-Hant-TW'])).toBe('zh');
    expect(languageFrom(['tlh'])).toBe('en');
    expect(languageFrom([])).toBe('en');
  });
});
