/**
 * The pipeline: capture, vision and language run side by side, joined by two bounded queues. For files a full queue
 * makes the stage before it wait; a live source drops what is too old before it gets here, and says so with a gap.
 */
import type { Captured, FrameSource } from '../capture/frame.ts';
import { BoundedQueue } from './bounded-queue.ts';
import type { Command, NarrationControl } from './control.ts';
import type { Seen, VisionStage } from './vision-stage.ts';

/** Frames in one encoder run, at most: beyond this a convolution gains nothing on a CPU. */
const encoderBatch = 8;

export interface PipelineOptions {
  /** Frames handed to the language stage at once. */
  readonly batch: number;
  /** Wait for full batches (recordings: throughput) or take what there is (live: latency). */
  readonly fullBatches: boolean;
  /** Aborting ends the iteration at the next batch. */
  readonly signal?: AbortSignal | undefined;
  /** Whose commands come among the frames. */
  readonly control?: NarrationControl | undefined;
}

/** What was seen, in order, in batches for the language stage. Owns both queues and their stages while it is iterated. */
export async function* seenBatches(
  source: FrameSource,
  vision: VisionStage,
  { batch, fullBatches, signal, control }: PipelineOptions,
): AsyncGenerator<Seen[]> {
  const captured = new BoundedQueue<Captured | Command>(2 * encoderBatch);
  const seen = new BoundedQueue<Seen>(2 * Math.max(batch, encoderBatch));
  const stages = [
    stage(seen, async () => {
      for (;;) {
        const items = await captured.take(fullBatches ? encoderBatch : 1, encoderBatch);
        if (items.length === 0) return;
        for (const item of await vision.look(items)) {
          const room = item.type === 'command' ? seen.putUrgently(item) : await seen.put(item);
          if (!room) return;
        }
      }
    }),
    stage(captured, async () => {
      for await (const item of source.frames()) if (!(await captured.put(item))) return;
    }),
  ];
  // When nothing more is captured, what was is still being looked at and decided on.
  control?.deliverTo((command) => captured.putUrgently(command) || seen.putUrgently(command));
  const close = () => {
    captured.close();
    seen.close();
  };
  signal?.addEventListener('abort', close, { once: true });
  if (signal?.aborted) close();
  try {
    for (;;) {
      const items = await seen.take(fullBatches ? batch : 1, batch);
      if (items.length === 0 || signal?.aborted) return;
      yield items;
    }
  } finally {
    close();
    signal?.removeEventListener('abort', close);
    await source[Symbol.asyncDispose](); // a capture that waits for its next frame ends with its child process
    await Promise.all(stages);
  }
}

/** Runs a stage that writes to `output`: its end closes the queue, and its failure is the reader's. */
async function stage(output: Pick<BoundedQueue<unknown>, 'close' | 'fail'>, work: () => Promise<void>) {
  try {
    await work();
    output.close();
  } catch (error) {
    output.fail(error);
  }
}
