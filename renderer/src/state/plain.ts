/**
 * Text of a model or of another program, safe to show: one line, without control characters and without the invisible
 * characters that turn the order of the text around them. Letters of right-to-left scripts stay.
 */
export function plain(text: string): string {
  return text
    .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** As `plain`, line by line; empty lines go. */
export function plainLines(text: string): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map(plain);
  return lines.filter((line) => line !== '').join('\n');
}
