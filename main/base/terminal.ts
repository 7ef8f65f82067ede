/**
 * Texts on their way to a terminal. It obeys what stands in them - in the name of a file, a window or a camera, in a
 * message of another program - and so control characters, and those that turn the order of text, are written out.
 */

/** Control characters but line break and tab, line separators, what turns the order of text, and halves of characters. */
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

/** The same text with what a terminal would obey written out as JSON does: ESC is `\u001b`. JSON stays valid JSON. */
export function visible(text: string): string {
  return text.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A name or a message as one line; white space of any kind becomes one space. */
export function visibleLine(text: string): string {
  return visible(text.replace(/[\t\n\v\f\r ]+/g, ' ').trim());
}

/** Writes lines for a person to standard error. */
export function say(lines: string): void {
  process.stderr.write(`${visible(lines)}\n`);
}
