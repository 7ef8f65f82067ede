import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { meantPath, realBytePath } from '../base/byte-names.ts';
import { OnlookerError } from '../base/errors.ts';
import { parseSource } from '../capture/source-description.ts';
import type { LiveEvent } from '../live/events.ts';
import { BurntVideo } from './burnt-video.ts';
import { type Format, jsonLines } from './format.ts';
import { plainText } from './lines.ts';
import { markdown } from './markdown.ts';
import { OutputFile } from './output-file.ts';
import type { OutputContext, Sink } from './sink.ts';
import { subRip, webVtt } from './subtitles.ts';

/**
 * All files of a run, written together. Disposing closes them without a word: it happens when an error is on its way
 * already; `close` tells.
 */
export interface Outputs extends AsyncDisposable {
  /** @throws OnlookerError `output-unwritable` */
  write(event: LiveEvent): Promise<void>;
  /** Completes every file, also when one of them fails. May be called again. @throws OnlookerError `output-unwritable` */
  close(): Promise<void>;
}

const textFormats: Readonly<Record<string, () => Format>> = {
  '.jsonl': jsonLines,
  '.txt': plainText,
  '.md': markdown,
  '.srt': subRip,
  '.vtt': webVtt,
};

/**
 * Opens one writer a path, by its extension, and proves that each can be written, so that a long run does not end in
 * a surprise.
 * @throws OnlookerError `usage` for an unknown extension or a path that cannot be meant, `output-unwritable`, and for a
 * video `ffmpeg-missing`
 */
export async function openOutputs(paths: readonly string[], context: OutputContext): Promise<Outputs> {
  const source = parseSource(context.source);
  const recording = source.kind === 'file' ? source.path : undefined;
  for (const [index, path] of paths.entries()) {
    checkExtension(path);
    if (paths.slice(0, index).some((other) => resolve(other) === resolve(path))) {
      throw new OnlookerError('usage', `--out ${path} is given twice. Name each file once.`);
    }
    if (recording !== undefined) await checkNotTheSource(path, recording);
    if (context.resumed) await checkEmpty(path);
  }
  const outputs = new OpenOutputs();
  try {
    for (const path of paths) outputs.add(await openSink(path, recording, context));
    return outputs;
  } catch (error) {
    await outputs[Symbol.asyncDispose]();
    throw error;
  }
}

class OpenOutputs implements Outputs {
  #sinks: Sink[] = [];

  add(sink: Sink): void {
    this.#sinks.push(sink);
  }

  async write(event: LiveEvent): Promise<void> {
    for (const sink of this.#sinks) await sink.write(event);
  }

  async close(): Promise<void> {
    const sinks = this.#sinks;
    this.#sinks = [];
    const results = await Promise.allSettled(sinks.map((sink) => sink.close()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => {});
  }
}

async function openSink(path: string, recording: string | undefined, context: OutputContext): Promise<Sink> {
  const format = textFormats[extname(path).toLowerCase()];
  // A recording is over in a while; a live source may be watched, and its file read, all day.
  if (format) return OutputFile.open(path, format(), recording === undefined ? 'at its first words' : 'at the end');
  if (recording !== undefined) return BurntVideo.open(path, { ...context, recording });
  const problem = `--out ${path}: only a recording can be encoded anew, and ${context.source} is not a file.`;
  throw new OnlookerError('usage', `${problem} Use .srt or .vtt instead.`);
}

function checkExtension(path: string): void {
  const extension = extname(path).toLowerCase();
  if (extension === '.mp4' || extension in textFormats) return;
  const known = [...Object.keys(textFormats), '.mp4'].join(' ');
  throw new OnlookerError('usage', `--out ${path}: the extension decides the format. Use one of ${known}.`);
}

async function checkNotTheSource(path: string, recording: string): Promise<void> {
  const places = [path, recording].map((name) => realBytePath(meantPath(name)).catch(() => undefined));
  const [output, input] = await Promise.all(places);
  if (output && input && Buffer.from(output).equals(Buffer.from(input))) {
    throw new OnlookerError('usage', `--out ${path} is the source itself. Give --out another name.`);
  }
}

async function checkEmpty(path: string): Promise<void> {
  const size = (await stat(meantPath(path)).catch(() => undefined))?.size ?? 0;
  if (size === 0) return;
  throw new OnlookerError(
    'usage',
    `--out ${path} holds the run before the snapshot and would be replaced. Give --out another name.`,
  );
}
