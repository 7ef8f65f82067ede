/**
 * Narrates a source: opens what is needed, lets frames flow through the pipeline, and turns the session's decisions
 * into events. This is the engine's front door; the command line, the window and the tests all come through here.
 */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { removeParts } from '../base/replace-file.ts';
import { checkText } from '../base/text-limits.ts';
import { openBundle } from '../bundle/open/open-bundle.ts';
import { ChangeGate } from '../capture/change-gate.ts';
import type { Hiding } from '../capture/exclusions.ts';
import type { Sampling } from '../capture/frame.ts';
import { HiddenAreas } from '../capture/hidden-areas.ts';
import type { OpenDisplay } from '../capture/port-feed.ts';
import { openSource } from '../capture/source.ts';
import type { SourceOptions } from '../capture/source-options.ts';
import { openLanguageModel } from '../llama/model.ts';
import { openReader } from '../reading/open-reader.ts';
import { openVisionEncoder } from '../vision/open-encoder.ts';
import type { NarrationControl } from './control.ts';
import type { LiveEvent } from './events.ts';
import { NarrationRun, type Question } from './narration-run.ts';
import { seenBatches } from './pipeline.ts';
import type { Chattiness } from './policy.ts';
import { RunLog } from './run-log.ts';
import { ScreenReading } from './screen-reading.ts';
import { StreamingSession } from './session.ts';
import type { SessionOptions } from './session-types.ts';
import { readSnapshot } from './snapshot.ts';
import type { StreamClock } from './snapshot-header.ts';
import { RunStatistics } from './statistics.ts';
import { type SeenFrame, VisionStage } from './vision-stage.ts';
import { WallClock } from './wall-clock.ts';

export interface NarrateOptions {
  /** As the user typed it: a file, a URL, "screen", "camera", "-", ... */
  readonly source: string;
  /** What must not be seen of a screen or a window; `control` may change the rules. Of other sources it means nothing. */
  readonly hiding: Hiding;
  /** Name or folder; default "desk-nano". */
  readonly bundle?: string;
  /** Whether `bundle` may only name an installed one, because it comes from data; default false. */
  readonly installedOnly?: boolean;
  /** Standing instruction; default the bundle's. */
  readonly instruction?: string;
  readonly questions?: readonly Question[];
  /** Overrides the bundle's theta. */
  readonly theta?: number;
  /** Default 2. */
  readonly chattiness?: Chattiness;
  /** First second wanted of a recording, and how many seconds of the source. */
  readonly from?: number;
  readonly duration?: number;
  /** Play a recording no faster than it was made. */
  readonly realtime?: boolean;
  /** Most frames decoded at once; default 16. The text is the same for every value. */
  readonly batch?: number;
  /** Where to keep a snapshot, written every `snapshotEverySeconds` (default 30) and at the end. */
  readonly snapshot?: string;
  readonly snapshotEverySeconds?: number;
  /** Awaited before each snapshot, so that what is kept of the events is not behind it. It must never reject. */
  readonly beforeSnapshot?: () => Promise<void>;
  /** Gives the key that snapshots are sealed with; without it they are plain. @throws OnlookerError */
  readonly snapshotKey?: (() => Promise<Uint8Array>) | undefined;
  /** Told that a snapshot cannot be written, and the run goes on; default the run ends with that error. */
  readonly onSnapshotTrouble?: (error: Error) => void;
  /** A snapshot to go on from. */
  readonly resume?: string;
  /** Gives the key of that snapshot; default `snapshotKey`. @throws OnlookerError */
  readonly resumeKey?: () => Promise<Uint8Array>;
  /** Name of the stream (`StartedEvent.stream`); default that of the snapshot, or a new one. */
  readonly stream?: string;
  /** Aborting finishes cleanly. */
  readonly signal?: AbortSignal;
  /** Whether frames are to carry the source's own picture; default as `reading` is. */
  readonly unscaled?: boolean;
  /**
   * Whether what is written on the screen is read: it corrects narrations, and they quote it, where the bundle says what
   * its narrations are (`sentences`); default false.
   */
  readonly reading?: boolean;
  /** Shown every frame, with its picture and embedding, right before its event. It must return at once. */
  readonly onSeen?: (frame: SeenFrame) => void;
  /** Steers it while it runs. */
  readonly control?: NarrationControl;
  /** Captures screens and windows where ffmpeg cannot; default ffmpeg does. */
  readonly displays?: OpenDisplay | undefined;
  /** Told when something on the screen begins or ceases to be hidden. */
  readonly onFiltering?: (filtering: boolean) => void;
  /** Told what the user should know about what is used. */
  readonly onNotice?: SourceOptions['onNotice'];
  /** Told each text word by word, ahead of its event. It must return at once. */
  readonly onWords?: SessionOptions['onWords'];
  readonly onProgress?: (progress: { t: number; duration: number | undefined; frames: number }) => void;
}

/** Milliseconds that a narration waits for what is read: live it must not come too late, of a recording be complete. */
const livePatienceMs = 1500;
const recordingPatienceMs = 20_000;

/**
 * Yields `started`, then `frame`, `narration`, `answer` and `gap` as they happen, then `finished`. An error in
 * mid-stream yields `failed` and `finished` and is then thrown; one before the first frame is only thrown.
 */
export async function* narrate(options: NarrateOptions): AsyncGenerator<LiveEvent> {
  if (options.instruction !== undefined) checkText('The instruction', options.instruction);
  for (const { text } of options.questions ?? []) checkText('A question', text);
  // 1. Open everything; the stack closes it in reverse order.
  await using owned = new AsyncDisposableStack();
  const bundle = await openBundle(options.bundle ?? 'desk-nano', { installedOnly: options.installedOnly ?? false });
  const { manifest } = bundle;
  const { control } = options;
  const resumeKey = options.resumeKey ?? options.snapshotKey;
  const saved = options.resume === undefined ? undefined : await readSnapshot(options.resume, bundle.hash, resumeKey);
  if (options.snapshot !== undefined) await removeParts(dirname(options.snapshot));
  const stream = options.stream ?? saved?.stream ?? randomUUID();
  const { fps, frame } = manifest;
  const source = owned.use(
    await openSource(
      options.source,
      {
        fps,
        ...frame,
        ...mediaSpan(options, fps, saved?.clock),
        ...((options.unscaled ?? options.reading) && { unscaled: true }),
      },
      {
        ...(options.displays && { displays: options.displays }),
        ...{ hiding: options.hiding, onFiltering: options.onFiltering, onNotice: options.onNotice },
      },
    ),
  );
  const encoder = owned.use(await openVisionEncoder(bundle));
  const adapter = manifest.files.adapter && { adapter: bundle.path('adapter') };
  const model = owned.use(await openLanguageModel(bundle.path('language'), adapter));
  const batch = options.batch ?? 16;
  const reading =
    options.reading && manifest.sentences
      ? new ScreenReading(manifest.sentences, owned.use(openReader()), {
          patienceMs: source.kind === 'live' || options.realtime ? livePatienceMs : recordingPatienceMs,
        })
      : undefined;
  const session = owned.use(
    await StreamingSession.open(manifest, model, {
      ...options,
      ...{ batch, sharesCpu: encoder.onCpu, steerable: control !== undefined || (options.questions ?? []).length > 0 },
      ...(reading && { read: (t: number, sentence: string) => reading.read(t, sentence) }),
    }),
  );
  if (saved) await session.restore({ state: saved.session, cache: saved.cache });

  // 2. Let it flow.
  const areas = new HiddenAreas(frame);
  /** Other rules that hold for the newest frame. */
  let obeyed = Number.NEGATIVE_INFINITY;
  const vision = new VisionStage(encoder, new ChangeGate({ ...frame, ...manifest.gate }), {
    resume: saved?.clock,
    spacing: control && source.kind === 'live' ? () => control.spacing : undefined,
    pictures: (options.onSeen ?? manifest.files.closeUp) && { width: frame.width, height: frame.height },
    hidden: (control ?? source.guard) && {
      areas,
      masksFor: async ({ capturedAt, place }) => {
        const hidden = (await source.guard?.masksFor(capturedAt, place)) ?? [];
        // Whoever gives a new rule wants what it names to be gone; frames captured before may still show it.
        const given = control?.otherRulesAt ?? obeyed;
        if (given > obeyed) areas.forget();
        if (capturedAt > given) obeyed = given;
        return [...hidden, ...(control?.masks ?? [])];
      },
      size: () => source.size,
    },
  });
  const run = new NarrationRun(session, {
    questions: options.questions ?? [],
    onSeen: options.onSeen,
    reading,
    lookClosely: (pixels) => encoder.lookClosely(pixels),
    ...(saved && { resumedAt: saved.clock, summary: saved.summary }),
    ...(options.snapshot !== undefined && {
      snapshot: {
        path: options.snapshot,
        everySeconds: options.snapshotEverySeconds ?? 30,
        bundle: bundle.hash,
        before: options.beforeSnapshot,
        key: options.snapshotKey,
        onTrouble: options.onSnapshotTrouble,
        stream,
      },
    }),
  });
  const fullBatches = source.kind === 'file' && !options.realtime;
  using _ = control?.attach(source, () => run.since, options.hiding);
  const batches = seenBatches(source, vision, { batch, fullBatches, signal: options.signal, control });
  const statistics = new RunStatistics(fps);
  const log = new RunLog();
  log.opened(options.source, source, bundle, saved !== undefined);
  let started = false;
  async function* events(): AsyncGenerator<LiveEvent> {
    for await (const seen of batches) {
      if (!started) {
        started = true;
        yield* begin();
      }
      yield* run.take(seen);
    }
    if (!started) yield* begin();
    yield* run.end(options.signal?.aborted ?? false);
  }
  function* begin(): Generator<LiveEvent> {
    yield {
      type: 'started',
      source: source.name,
      bundle: manifest.name,
      fps,
      tokensPerFrame: manifest.vision.tokensPerFrame,
      encoder: manifest.files.vision.sha256,
      stream,
    };
    yield* run.aboutInstruction(saved?.session.instruction ?? options.instruction);
  }

  const finished = (complete: boolean) => {
    const event = statistics.finished(complete, source.end);
    log.take(event);
    return event;
  };

  // 3. Report, count, and end in order whatever happens.
  try {
    for await (const event of events()) {
      statistics.count(event);
      log.take(event);
      yield event;
      if (event.type === 'frame') {
        options.onProgress?.({ t: event.t, duration: source.duration, frames: statistics.frames });
      }
    }
  } catch (error) {
    if (started) {
      const code = error instanceof OnlookerError ? error.code : 'defect';
      yield { type: 'failed', code, message: errorMessage(error) };
      yield finished(false);
    }
    throw error;
  }
  yield finished(!options.signal?.aborted);
}

/**
 * The part of the source to read. A resumed run starts at the frame the encoder saw last, and ends where it would have;
 * that of a live source goes on at the present time.
 */
function mediaSpan(
  { from, duration, realtime }: NarrateOptions,
  fps: number,
  clock: StreamClock | undefined,
): Pick<Sampling, 'from' | 'duration' | 'realtime' | 'goOn'> {
  const start = clock ? clock.lastEncoded / fps : from;
  const end = duration === undefined ? undefined : (from ?? 0) + duration;
  return {
    ...(start !== undefined && { from: start }),
    ...(end !== undefined && { duration: end - (start ?? 0) }),
    ...(realtime !== undefined && { realtime }),
    ...(clock && { goOn: { index: clock.index, t: clock.t, now: presentTime(clock) } }),
  };
}

/** Media time now, had the stream never stopped. */
function presentTime({ t, wall }: StreamClock): number {
  const at = new WallClock(wall).at(t);
  return at === undefined ? t : t + Math.max(0, Date.now() - at) / 1000;
}
