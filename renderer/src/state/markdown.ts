/**
 * The Markdown of recaps, as data: headings, lists, paragraphs, strong and emphasised words. Anything else, HTML above
 * all, is text: nothing here makes markup of it.
 */
import { plain } from './plain.ts';

export interface Words {
  readonly text: string;
  readonly look: 'plain' | 'strong' | 'emphasis';
}

export type Block =
  | { readonly type: 'heading'; readonly level: 1 | 2 | 3; readonly words: readonly Words[] }
  | { readonly type: 'list'; readonly items: readonly (readonly Words[])[] }
  | { readonly type: 'paragraph'; readonly words: readonly Words[] };

/** Deeper headings are of the third level. */
export function readMarkdown(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const line of markdown.split('\n').map(plain)) {
    const [, marks, title] = /^(#+) (.*)$/.exec(line) ?? [];
    const [, item] = /^[-*] (.*)$/.exec(line) ?? [];
    const last = blocks.at(-1);
    if (title !== undefined) {
      blocks.push({ type: 'heading', level: Math.min(3, marks!.length) as 1 | 2 | 3, words: readWords(title) });
    } else if (item !== undefined && last?.type === 'list') {
      blocks[blocks.length - 1] = { type: 'list', items: [...last.items, readWords(item)] };
    } else if (item !== undefined) {
      blocks.push({ type: 'list', items: [readWords(item)] });
    } else if (line !== '') {
      blocks.push({ type: 'paragraph', words: readWords(line) });
    }
  }
  return blocks;
}

/** An escaped sign; `**strong**`; `*emphasised*`; other text; a sign that opens nothing. */
const pieces =
  /\\(?<escaped>[!-/:-@[-`{-~])|\*\*(?<strong>(?:\\.|[^*\\])+)\*\*|\*(?<emphasis>(?:\\.|[^*\\])+)\*|[^*\\]+|./gsu;

function readWords(line: string): Words[] {
  const words: Words[] = [];
  for (const { 0: piece, groups: { escaped, strong, emphasis } = {} } of line.matchAll(pieces)) {
    const look = strong !== undefined ? 'strong' : emphasis !== undefined ? 'emphasis' : 'plain';
    const text = escaped ?? unescaped(strong ?? emphasis) ?? piece;
    const last = words.at(-1);
    if (last?.look === look && look === 'plain') words[words.length - 1] = { look, text: last.text + text };
    else words.push({ look, text });
  }
  return words;
}

function unescaped(text: string | undefined): string | undefined {
  return text?.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1');
}
