/** Memories without encryption in which each row has bytes that no other has, and looks for them in the files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Thumbnail } from '../../main/memory/record/batch-writer.ts';
import type { Row } from '../../main/memory/record/recorder-messages.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { packEmbedding } from '../../main/memory/store/embedding.ts';
import { noon } from './memory.ts';

/** All that is seen at a moment; moments count from 0. */
export function seenAt(moment: number): { readonly rows: readonly Row[]; readonly thumbnails: readonly Thumbnail[] } {
  const { at, t } = { at: atOf(moment), t: moment };
  const mark = markOf(moment);
  const rows: Row[] = [{ type: 'frame', t, at, pSilent: 0.9, changed: 4, embedding: embeddingOf(moment) }];
  if (moment % 3 === 0) rows.push({ type: 'narration', t, at, text: `A window ${mark} opened.`, pSilent: 0.1 });
  if (moment % 7 === 0) rows.push({ type: 'answer', t, at, query: `What is ${mark}?`, text: `A ${mark}.` });
  if (moment % 11 === 0) rows.push({ type: 'gap', at, from: t, to: t, reason: mark, dropped: 1 });
  const jpeg = Buffer.from(`${mark}-${moment}-`.repeat(10 + (moment % 5) * 60));
  return { rows, thumbnails: moment % 5 === 0 ? [{ t, at, width: 4, height: 2, jpeg }] : [] };
}

/** Wall clock of a moment, which is no end of a span. */
export function atOf(moment: number): number {
  return noon + 1000 * moment + ((moment * 7919) % 499) + 1;
}

/** What of these moments stands in any file of the folder: wall clock, embedding, and the mark of texts, gaps and pictures. */
export function tracesIn(folder: string, moments: Iterable<number>): string[] {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return [...moments].flatMap((moment) => {
    const at = Buffer.alloc(8);
    at.writeBigInt64BE(BigInt(atOf(moment)));
    const embedding = Buffer.from(packEmbedding(embeddingOf(moment))).subarray(8, 24);
    // Two letters of the mark are in no other one; an entry of the word index has as many in a row.
    const looked = { at: at.subarray(2), embedding, mark: Buffer.from(markOf(moment).slice(0, 2)) };
    return Object.entries(looked).flatMap(([name, bytes]) =>
      files.some((file) => file.includes(bytes)) ? [`${name} of ${moment}`] : [],
    );
  });
}

export function momentsKept(memory: Connection): number[] {
  return memory.all<{ t: number }>('SELECT t FROM frames ORDER BY t').map(({ t }) => t);
}

function markOf(moment: number): string {
  return String.fromCodePoint(0x4e00 + moment).repeat(3);
}

function embeddingOf(moment: number): Float32Array {
  return Float32Array.from({ length: 128 }, (_, i) => Math.sin((moment + 1) * (i + 1) * 1.618) / 8);
}
