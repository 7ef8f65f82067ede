import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../main/base/errors.ts';
import { catalogue, languageFrom } from '../../renderer/src/texts/catalogue.ts';
import { failures } from '../../renderer/src/texts/failures.ts';
import { Phrases } from '../../renderer/src/texts/phrases.ts';
import type { Text } from '../../renderer/src/texts/text.ts';

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

/** What reads like a language: two words, or one with a capital letter. */
const likeWords = /\p{L}{2,}\s+\p{L}{2,}|^\p{Lu}\p{Ll}+|[^\p{Script=Latin}\p{Script=Common}]/u;

/** Names that the browser gives to keys, and that Electron gives to them. */
const keyNames = /^(Alt|AltGraph|Backspace|Control|Down|Escape|Left|Meta|Plus|Right|Shift|Space|Super|Tab|Up)$/;

/**
 * Literals of a script that read like a language. A message beside a code is told in English, and has its translation
 * by the code.
 */
function strayLiterals(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    const words = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (words && likeWords.test(node.text) && !keyNames.test(node.text) && !besideCode(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('script.ts', source, ts.ScriptTarget.Latest, true));
  return found;
}

function besideCode(node: ts.Node): boolean {
  const message = ts.findAncestor(node, (one) => ts.isPropertyAssignment(one) && one.name.getText() === 'message');
  const outcome = message?.parent;
  if (!outcome || !ts.isObjectLiteralExpression(outcome)) return false;
  const code = outcome.properties.find((one) => one.name?.getText() === 'code');
  return code !== undefined && ts.isPropertyAssignment(code) && told(code.initializer.getText().slice(1, -1));
}

/** Whether the window has words of its own for a code. */
function told(code: string): boolean {
  return code === 'connection-lost' || code in failures;
}

/** What the shell gives the system to show that does not come from its texts: menus, tool tips, titles, dialogs. */
function strayInShell(source: string): string[] {
  const shown = /^(label|sublabel|toolTip|title|body|buttons|detail|subtitle)$/;
  const showing = /(setToolTip|setTitle|showErrorBox|showMessageBox(Sync)?|Notification)$/;
  const found: string[] = [];
  const words = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      const others = node.text.replace('Onlooker', '');
      if (/\p{L}{2,}/u.test(others)) found.push(node.text);
    }
    // What it is called with is looked at where it is written.
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, words);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && shown.test(node.name.getText())) words(node.initializer);
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && showing.test(node.expression.getText())) {
      for (const argument of node.arguments ?? []) words(argument);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('shell.ts', source, ts.ScriptTarget.Latest, true));
  return found;
}

describe('texts of the window', () => {
  test.each(components)('%s has all of its texts in the catalogue', (name) => {
    expect(strayTexts(readFileSync(join(folder, name), 'utf8'))).toEqual([]);
  });

  test('scripts have none of their own', () => {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => /\.(svelte|ts)$/.test(name) && !name.startsWith('texts'),
    );
    expect(names.length).toBeGreaterThan(50);
    const stray = names.flatMap((name) => {
      const source = readFileSync(join(folder, name), 'utf8');
      const script = name.endsWith('.ts') ? source : (/<script lang="ts">(.*?)<\/script>/s.exec(source)?.[1] ?? '');
      return strayLiterals(script).map((text) => `${name}: ${text}`);
    });
    // How an exception is called that nobody sees.
    expect(stray).toEqual(['state/refusal.ts: Refusal']);
  });

  test('the tray, menus and titles of the desktop program have none of their own', () => {
    const shell = fileURLToPath(new URL('../../main/desktop', import.meta.url));
    const names = readdirSync(shell).filter((name) => name.endsWith('.ts') && name !== 'texts.ts');
    const stray = names.flatMap((name) =>
      strayInShell(readFileSync(join(shell, name), 'utf8')).map((text) => `${name}: ${text}`),
    );
    expect(stray).toEqual([]);
  });

  test('a text of a script or of the shell would be found', () => {
    for (const source of [
      "const label = 'Nothing chosen';",
      "let name = ready ? 'Done' : say('a');",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the script
      'const line = `${count} more sentences`;',
      "notify({ code: 'never-heard-of', message: 'It failed.' });",
      "const title = '설정';",
    ]) {
      expect(strayLiterals(source), source).toHaveLength(1);
    }
    expect(strayLiterals("say('a.b'); notify({ code: 'usage', message: 'It failed so.' }); key === 'Escape'")).toEqual(
      [],
    );
    for (const source of [
      "const menu = [{ label: 'Quit', click: () => quit() }];",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the script
      'tray.setToolTip(`Onlooker: watching ${source}`);',
      "new Notification({ title: texts.quit, body: 'It has ended.' });",
      "dialog.showErrorBox('Onlooker', 'It has ended.');",
    ]) {
      expect(new Set(strayInShell(source)).size, source).toBe(1);
    }
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the script
    expect(strayInShell('tray.setToolTip(`Onlooker: ${line}`); [{ label: texts.quit }]')).toEqual([]);
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
    const telling = /(?:notify|notice|refusal)\(\s*'([a-z-]+)'|\bcode: '([a-z-]+)'/g;
    const codes = sources.flatMap((source) => [...source.matchAll(telling)].map(([, a, b]) => a ?? b!));
    expect(codes).toEqual(
      expect.arrayContaining(['shortcut-taken', 'key-store', 'update-available', 'source-stalled']),
    );
    const missing = [...codes, ...errorCodes].filter((code) => !told(code));
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
