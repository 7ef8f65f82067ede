/** How much somebody may type, at every door: what is longer was not meant, and takes native code minutes and gigabytes. */
import { OnlookerError } from './errors.ts';

/** Characters of a question, an instruction, a search, or a name. */
export const longestText = 4000;
/** Different words of a search or a question. */
export const mostWords = 100;
/**
 * Bytes of the command line. ONNX Runtime reads that of its own process; one of some 31,000 ended it without a word while
 * its telemetry was on.
 */
export const longestCommandLine = 30_000;

/** @param what the text, as the subject of a sentence. @throws OnlookerError `usage` */
export function checkText(what: string, text: string): void {
  if (text.length <= longestText) return;
  throw new OnlookerError(
    'usage',
    `${what} has ${text.length} characters, and at most ${longestText} are read. Shorten it.`,
  );
}

/** @throws OnlookerError `usage` */
export function checkWords(what: string, words: readonly string[]): void {
  if (words.length <= mostWords) return;
  throw new OnlookerError(
    'usage',
    `${what} has ${words.length} words, and at most ${mostWords} are looked for. Shorten it.`,
  );
}

/** @param words of the whole command line, the program's own name among them. @throws OnlookerError `usage` */
export function checkCommandLine(words: readonly string[] = [...process.execArgv, ...process.argv]): void {
  const bytes = words.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
  if (bytes <= longestCommandLine) return;
  throw new OnlookerError(
    'usage',
    `The command line has ${bytes} bytes, and at most ${longestCommandLine} are possible. Shorten its texts.`,
  );
}
