/** A folder of finished streams. What is listed in `states.jsonl` is complete; anything else is made again. */
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flushFile, moveInto, replaceFile } from '../../main/base/replace-file.ts';
import { FPS, type Scenario } from './scenario.ts';

/** Permissions as of any other file. */
const forAll = 0o666;

const nameOf = (index: number) => `${String(index).padStart(6, '0')}.mp4`;

const linesOf = async (path: string): Promise<{ video: string; t?: number }[]> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  // The last line may be half written: what does not end in a newline does not count.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { video: string; t?: number });
};

const toText = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

export class Shard {
  readonly #folder: string;
  readonly #finished: Set<string>;

  private constructor(folder: string, finished: Set<string>) {
    this.#folder = folder;
    this.#finished = finished;
  }

  /** Opens a folder, new or begun earlier. */
  static async open(folder: string): Promise<Shard> {
    await mkdir(join(folder, 'videos'), { recursive: true });
    const states = await linesOf(join(folder, 'states.jsonl'));
    await replaceFile(join(folder, 'states.jsonl'), [toText(states)], forAll);
    const shard = new Shard(folder, new Set(states.map((line) => line.video)));
    await shard.#tidy();
    return shard;
  }

  has(index: number): boolean {
    return this.#finished.has(nameOf(index));
  }

  /** Where a video is written until it is complete. */
  partPath(index: number): string {
    return join(this.#folder, 'videos', `.${nameOf(index)}.part`);
  }

  /** Takes a complete video in, with its annotations; the line in `states.jsonl` comes last. */
  async keep(index: number, { style, events, states }: Scenario): Promise<void> {
    const video = nameOf(index);
    await flushFile(this.partPath(index));
    await moveInto(this.partPath(index), join(this.#folder, 'videos', video));
    const lines = events.map(({ frame, kind, subject, text, read = [] }) => {
      const event = { video, t: frame / FPS, kind, subject, text };
      return read.length > 0 ? { ...event, read } : event;
    });
    await appendFile(join(this.#folder, 'annotations.jsonl'), toText(lines));
    await appendFile(
      join(this.#folder, 'states.jsonl'),
      toText([{ video, width: style.tileWidth, height: style.tileHeight, frames: states }]),
    );
    this.#finished.add(video);
  }

  /** Sorts the annotations and marks the folder as complete. */
  async close(): Promise<void> {
    await this.#tidy();
    await writeFile(join(this.#folder, 'DONE'), '');
  }

  async #tidy(): Promise<void> {
    const path = join(this.#folder, 'annotations.jsonl');
    const lines = (await linesOf(path)).filter((line) => this.#finished.has(line.video));
    lines.sort((a, b) => (a.video < b.video ? -1 : a.video > b.video ? 1 : (a.t ?? 0) - (b.t ?? 0)));
    await replaceFile(path, [toText(lines)], forAll);
    await rm(join(this.#folder, 'DONE'), { force: true });
  }
}
