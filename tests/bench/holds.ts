/**
 * How long a request to the memory holds the thread that asks, such as that of tray and windows: its longest turn while it
 * waits for the answer.
 */
import { MemoryClient } from '../../main/memory/client.ts';
import { short } from './material.ts';

/** Milliseconds. */
interface Held {
  readonly took: number;
  /** By the clock: what else goes on on the machine counts as well. */
  readonly hold: number;
  /** Of the processor. */
  readonly holdCpu: number;
}

export interface HoldsOptions {
  readonly folder: string;
  readonly day: Span;
  readonly all: Span;
  /** What is searched. */
  readonly names: readonly string[];
  /** Ids of pictures. */
  readonly pictures: readonly number[];
  /** What is forgotten. */
  readonly lastMinutes: readonly { readonly from: number; readonly to: number }[];
}

interface Span {
  readonly from: number;
  readonly before: number;
}

/** Asks for everything that there is to ask, a few times each; prints a line for each and returns the worst ones. */
export async function memoryHolds({ folder, day, all, names, pictures, lastMinutes }: HoldsOptions) {
  await using client = new MemoryClient({ folder });
  const ask: typeof client.request = (name, input) => client.request(name, input);
  const searches = (how: { readonly words?: boolean }) =>
    names.map((text) => () => ask('search', { text, limit: 10, ...how }));
  const thrice = (work: () => Promise<unknown>) => [work, work, work];
  const kinds: Record<string, readonly (() => Promise<unknown>)[]> = {
    First: [() => ask('sessions', null)],
    Words: thrice(() => ask('search', { text: 'the', limit: 100 })),
    Meaning: searches({ words: false }),
    Both: searches({}),
    Evidence: names.map((name) => () => ask('evidence', { question: `When did I see a ${name}?` })),
    Days: thrice(() => ask('days', null)),
    MomentsOfADay: thrice(() => ask('moments', day)),
    MomentsOfAll: thrice(() => ask('moments', all)),
    MomentsShown: thrice(() => ask('momentsShown', { ...all, most: 20 })),
    PicturesOfADay: thrice(() => ask('pictures', { ...day, most: 100 })),
    PicturesOfAll: thrice(() => ask('pictures', { ...all, most: 2000 })),
    Thumbnail: pictures.map((id) => () => ask('picture', id)),
    CurveOfADay: thrice(() => ask('curve', { ...day, pieces: 1000 })),
    CurveOfAll: thrice(() => ask('curve', { ...all, pieces: 10_000 })),
    GapsOfAll: thrice(() => ask('gaps', all)),
    RecapOfADay: thrice(() => ask('recap', day)),
    RecapOfAll: thrice(() => ask('recap', all)),
    SubtitlesOfAll: thrice(() => ask('export', { ...all, format: 'srt' })),
    LogOfAll: thrice(() => ask('export', { ...all, format: 'md' })),
    Forget: lastMinutes.map((span) => async () => {
      await ask('forget', span);
      await ask('wipe', null);
    }),
  };
  const figures: Record<string, number> = {};
  let worst = { hold: 0, holdCpu: 0 };
  for (const [kind, works] of Object.entries(kinds)) {
    const all: Held[] = [];
    for (const work of works) all.push(await heldBy(work));
    const most = (field: keyof Held) => short(Math.max(...all.map((held) => held[field])));
    const [took, hold, holdCpu] = [most('took'), most('hold'), most('holdCpu')];
    process.stderr.write(
      `  ${kind} through the client: at most ${took} ms, hold ${hold} ms (processor ${holdCpu} ms)\n`,
    );
    Object.assign(figures, {
      [`memory${kind}ClientMs`]: took,
      [`memory${kind}HoldMs`]: hold,
      [`memory${kind}HoldCpuMs`]: holdCpu,
    });
    worst = { hold: Math.max(worst.hold, hold), holdCpu: Math.max(worst.holdCpu, holdCpu) };
  }
  return { ...figures, memoryHoldMs: worst.hold, memoryHoldCpuMs: worst.holdCpu };
}

/** Looks at the clock in every turn meanwhile. */
async function heldBy(work: () => Promise<unknown>): Promise<Held> {
  let [hold, holdCpu] = [0, 0];
  let last = now();
  const look = () => {
    const { at, cpu } = now();
    hold = Math.max(hold, at - last.at);
    holdCpu = Math.max(holdCpu, cpu - last.cpu);
    last = { at, cpu };
  };
  let next = setImmediate(function turn() {
    look();
    next = setImmediate(turn);
  });
  const begun = performance.now();
  await work();
  const took = performance.now() - begun;
  look();
  clearImmediate(next);
  return { took, hold, holdCpu };
}

function now(): { readonly at: number; readonly cpu: number } {
  const { user, system } = process.threadCpuUsage();
  return { at: performance.now(), cpu: (user + system) / 1000 };
}
