/**
 * A reply as one line that is safe to show anywhere: no line breaks, no control characters (a terminal would obey
 * them), no invisible characters that turn the order of the text around them. Letters of right-to-left scripts stay.
 */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** One line for a WebVTT cue: "-->" ends a cue's text there, "<" opens a tag and "&" an entity. */
export function vttText(text: string): string {
  return oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * One line for a SubRip cue. The format has no way to escape: what players would take for a tag or an arrow is
 * replaced by its nearest look-alike.
 */
export function srtText(text: string): string {
  return oneLine(text)
    .replaceAll('-->', '→')
    .replace(/<(?=[/!\p{L}])/gu, '‹')
    .replaceAll('{\\', '{');
}

/** Text inside a line of Markdown that shows exactly as it is. */
export function markdownText(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>&|~#]/g, '\\$&');
}
