import { narrate } from '../live/narrate.ts';
import type { AnnotatedVideo } from './data-set.ts';
import type { Utterance } from './matching.ts';
import type { NarratedStream } from './report.ts';
import { measureStillness } from './stillness.ts';

export interface RunOptions {
  readonly bundle?: string;
  readonly theta?: number;
  /** Whether what is written on the screen is read; default false. */
  readonly reading?: boolean;
  readonly signal?: AbortSignal;
}

/** Narrates a recording as a user would have it: the model hears its own replies, not the true ones. */
export async function narrateVideo(video: AnnotatedVideo, options: RunOptions): Promise<NarratedStream> {
  const said: Utterance[] = [];
  const answers: string[] = [];
  const frames: { t: number; changed: number }[] = [];
  let fps = 1;
  let seconds = 0;
  const { instruction, questions } = video;
  for await (const event of narrate({
    source: video.path,
    hiding: 'none',
    ...(instruction !== undefined && { instruction }),
    questions: questions.map(({ t, query }) => ({ t, text: query })),
    ...options,
  })) {
    if (event.type === 'started') fps = event.fps;
    else if (event.type === 'frame') frames.push({ t: event.t, changed: event.changed });
    else if (event.type === 'narration') said.push({ t: event.t, text: event.text });
    else if (event.type === 'answer') answers.push(event.text);
    else if (event.type === 'finished') seconds = event.seconds;
  }
  return {
    said,
    truth: video.events,
    answers: questions.map(({ answer }, i) => ({ expected: answer, given: answers[i] })),
    seconds,
    still: measureStillness(frames, said, fps),
  };
}
