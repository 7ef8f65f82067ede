/**
 * `node tests/bench/reading.ts [FOLDER]`: reads a reading set (tests/fixtures/reading/make-set.ts; default the committed
 * one) with either exactness, and prints for each language the share of characters that are wrong, and what a line cost.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { openReader } from '../../main/reading/open-reader.ts';

interface Piece {
  readonly file: string;
  readonly language: string;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

const folder = process.argv[2] ?? join(import.meta.dirname, '../fixtures/reading/set');
const pieces = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Piece[];
const byLanguage = Map.groupBy(pieces, ({ language }) => language);
const { path: ffmpeg } = await findFfmpeg();
const residentBefore = process.memoryUsage().rss;

for (const exactness of ['fast', 'exact'] as const) {
  await using reader = openReader();
  for (const [language, all] of byLanguage) {
    let wrong = 0;
    let characters = 0;
    let lines = 0;
    let cpuMs = 0;
    for (const { file, width, height, lines: truth } of all) {
      const input = ['-v', 'error', '-i', join(folder, file)];
      const pixels = execFileSync(ffmpeg, [...input, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']);
      const before = process.cpuUsage();
      const reading = await reader.read({ pixels, width, height }, { exactness, mostMs: 60_000 });
      const { user, system } = process.cpuUsage(before);
      cpuMs += (user + system) / 1000;
      const said = comparable(
        language,
        reading.lines.map(({ text }) => text),
      );
      const meant = comparable(language, truth);
      const mistakes = distance(said, meant);
      if (process.env.SHOW && mistakes > 0) console.error(`${file}: ${said} <> ${meant}`);
      wrong += mistakes;
      characters += meant.length;
      lines += truth.length;
    }
    const share = ((100 * wrong) / characters).toFixed(2);
    console.log(
      `${exactness} ${language}: ${share} % of ${characters} characters, ${(cpuMs / lines).toFixed(1)} ms a line`,
    );
  }
}
console.log(`resident memory: ${Math.round((process.memoryUsage().rss - residentBefore) / 1e6)} MB more than before`);

/** Full-width signs are those of half the width. Between words of Chinese and Japanese no space is told. */
function comparable(language: string, lines: readonly string[]): string[] {
  const text = lines.join(' ').normalize('NFKC');
  const spaceless = language === 'Chinese' || language === 'Japanese';
  return [...text.replaceAll(/\s+/g, spaceless ? '' : ' ').trim()];
}

/** Fewest characters to add, leave out or change (Levenshtein). */
function distance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      next.push(Math.min(row[j]! + (letter === other ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
