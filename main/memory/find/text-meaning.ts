import { OnlookerError } from '../../base/errors.ts';
import { checkText } from '../../base/text-limits.ts';
import { Turns } from '../../base/turns.ts';
import { type Connection, utf8 } from '../store/connection.ts';
import type { Meaning } from './nearest-frames.ts';
import { TextTowers } from './text-towers.ts';

/** What texts mean, or why that cannot be told: then they can be looked for by their words only. */
export type TextMeanings =
  | {
      readonly meanings: readonly Meaning[];
      /** Words of captions that the text tower has learned; undefined: nobody knows. */
      readonly captionWords: readonly string[] | undefined;
      readonly problem?: undefined;
    }
  | { readonly meanings?: undefined; readonly problem: string };

/** Those that open a tower for themselves do so one at a time: many at once would fill the machine's memory. */
const turns = new Turns();

/**
 * Puts texts where the pictures of a memory lie, with the text tower of the bundle that recorded last. Pictures of
 * another encoder are not comparable, not even where the bundle had the same name.
 * @param kept where the tower stays open for the next texts; without it, it is opened for these alone
 * @throws OnlookerError `memory-damaged`, `usage` when a text is too long, and what a bundle throws that is there but not whole
 */
export function meaningsOf(connection: Connection, texts: readonly string[], kept?: TextTowers): Promise<TextMeanings> {
  if (kept) return lookUp(connection, texts, kept);
  return turns.run(async () => {
    await using towers = new TextTowers();
    return await lookUp(connection, texts, towers);
  });
}

async function lookUp(connection: Connection, texts: readonly string[], towers: TextTowers): Promise<TextMeanings> {
  for (const text of texts) checkText('What is searched for', text);
  const bare = texts.map((text) => text.replaceAll('"', ' ').trim());
  if (bare.includes('')) return { problem: 'there is no word in it' };
  const row = connection.get<{ bundle: Uint8Array }>(
    'SELECT CAST(bundle AS BLOB) AS bundle FROM sessions ORDER BY id DESC LIMIT 1',
  );
  if (!row) return { problem: 'the memory is empty' };
  const name = utf8(row.bundle);
  try {
    return await towers.with(name, async (bundle) => {
      const encoder = bundle.manifest.files.vision.sha256;
      if (!connection.get('SELECT 1 FROM sessions WHERE encoder = ?', encoder)) {
        return { problem: `the encoder of the bundle ${name} is another one now, and none of the pictures are of it` };
      }
      const tower = await bundle.tower();
      if (!tower) return { problem: `the bundle ${name} has no text tower` };
      const meanings: Meaning[] = [];
      for (const text of bare) meanings.push({ encoder, embedding: await tower.embed(text) });
      return { meanings, captionWords: bundle.manifest.captionWords };
    });
  } catch (error) {
    if (error instanceof OnlookerError && error.code === 'bundle-missing') {
      return { problem: `the bundle ${name}, which it was recorded with, is not installed` };
    }
    throw error;
  }
}
