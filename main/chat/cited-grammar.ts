/** What a model in this process may write, so that a small one cites, too: a grammar in llama.cpp's GBNF. */

/** Sentences that end with the numbers of records. */
export interface CitedSentences {
  /** The records' numbers: from the first one to the last. */
  readonly first: number;
  readonly last: number;
  /** Sentences, at most. */
  readonly most: number;
}

/** One sentence a line of the grammar: some words without brackets and full stops, up to three numbers, a full stop. */
export function citedGrammar({ first, last, most }: CitedSentences): string {
  const numbers = Array.from({ length: last - first + 1 }, (_, i) => `"[${first + i}]"`);
  return [
    `root ::= sentence (" " sentence){0,${most - 1}}`,
    'sentence ::= first words " " number{1,3} "."',
    'first ::= [^ \\t\\r\\n\\[\\]【】.!?。！？]',
    'words ::= [^\\t\\r\\n\\[\\]【】.!?。！？]{2,160}',
    `number ::= ${numbers.join(' | ')}`,
    '',
  ].join('\n');
}
