/** JSON from files and connections that somebody else may have written. */

/** Arrays and objects in one another. What this program reads has fewer than ten. */
export const deepestJson = 100;

/**
 * Parses JSON that is nested at most `deepestJson` times. V8 parses any depth, but whatever walks over the value
 * afterwards calls itself once a level and would end in a stack overflow.
 * @throws SyntaxError when it is no JSON, or nested deeper
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text); // first: the scan below relies on quotes that match
  if (depthOf(text) > deepestJson) throw new SyntaxError(`it is nested more than ${deepestJson} times`);
  return value;
}

/** How deep arrays and objects are nested in valid JSON. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at++) {
    const sign = json[at];
    if (sign === '"') at = endOfText(json, at);
    else if (sign === '[' || sign === '{') deepest = Math.max(deepest, ++depth);
    else if (sign === ']' || sign === '}') depth--;
  }
  return deepest;
}

/** Where the text that begins at this quote ends. */
function endOfText(json: string, from: number): number {
  let at = from + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
