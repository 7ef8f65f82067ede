/** Which of the texts on a screen a person would repeat. */

/** Titles that say no more than what kind of dialog it is. */
const BOILERPLATE = new Set(['error', 'warning', 'information', 'question', 'about', 'open', 'done', 'untitled']);
/** Letters and digits, at least. */
const LEAST = 3;

/** Leaves out what says nothing, and what the sentence about the event says anyway. */
export function worthRepeating(texts: readonly string[], sentence: string): string[] {
  const said = bare(sentence);
  const worth = texts.filter((text) => {
    const letters = bare(text);
    return letters.length >= LEAST && !BOILERPLATE.has(letters) && !said.includes(letters);
  });
  return [...new Set(worth)];
}

/**
 * What a window's title says of its contents: the name of a file without its folder, or else the title without the
 * program's name at its end.
 */
export function titleText(title: string): string {
  const file = /[^\s/\\]+\.[a-z][a-z0-9]{0,3}(?![\w.])/i.exec(title)?.[0];
  if (file !== undefined) return file.replace(/^[*~]+/, '');
  const dash = title.lastIndexOf(' - ');
  return dash > 0 ? title.slice(0, dash) : title;
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
