/**
 * Frames that look like a text, in two steps: the means of all stretches are compared first, which is a twentieth of
 * the bytes or less; then every frame of the best stretches, exactly.
 */
import type { Connection } from '../store/connection.ts';
import { dot, unpackEmbedding } from '../store/embedding.ts';
import { conditionsOn, type SearchFilter } from '../store/search-filter.ts';
import { stretchBlocks } from '../store/stretch-blocks.ts';
import { lookThrough, type Stretch, wantedSteps } from '../store/stretches.ts';
import { stretchFilter } from './stretch-filter.ts';

/** What is meant, as a bundle's text tower puts it. Embeddings of other encoders are not comparable. */
export interface Meaning {
  /** sha256 of the bundle's vision encoder, as sessions have it. */
  readonly encoder: string;
  /** Unit length. */
  readonly embedding: Float32Array;
  /** Frames count only if they are so much more like `own` than like any of the others; cosines. Left out: all count. */
  readonly distinct?: { readonly own: Float32Array; readonly others: readonly Float32Array[]; readonly margin: number };
}

export interface NearFrame {
  readonly id: number;
  readonly session: number;
  readonly t: number;
  readonly at: number;
  /** Cosine, -1 to 1. */
  readonly likeness: number;
}

/** Frames compared exactly, at least, where there are so many. More finds more of the truly nearest. */
const comparedExactly = 4000;

/** The frames most like it, best first: some thousand of them, or as many as `most` asks for. */
export function nearestFrames(
  connection: Connection,
  meaning: Meaning,
  filter: SearchFilter = {},
  most = comparedExactly,
): NearFrame[] {
  const best = new BestStretches(Math.max(most, comparedExactly));
  const isWanted = stretchFilter(connection, meaning.encoder, filter);
  const wanted = wantedSteps(meaning.embedding);
  for (const block of stretchBlocks(connection)) {
    lookThrough(
      block,
      wanted,
      () => best.floor,
      (likeness, stretch) => {
        if (isWanted(stretch)) best.add(likeness, stretch);
      },
    );
  }
  return best
    .take()
    .flatMap((stretch) => framesIn(connection, stretch, meaning, filter))
    .sort((a, b) => b.likeness - a.likeness || b.id - a.id);
}

function framesIn(
  connection: Connection,
  { session, firstId, lastId }: Stretch,
  { embedding: wanted, distinct }: Meaning,
  { source: _, ...filter }: SearchFilter,
): NearFrame[] {
  // The source is the session's, and it has been chosen.
  const conditions = conditionsOn('frames', filter);
  // By their ids: SQLite would take the index of sessions, and a session may have a million frames.
  const rows = connection.all<{ id: number; t: number; at: number; embedding: Uint8Array }>(
    `SELECT id, t, at, CAST(embedding AS BLOB) AS embedding FROM frames NOT INDEXED
     WHERE ${['id BETWEEN ? AND ?', 'session_id = ?', 'embedding IS NOT NULL', ...conditions.map(({ sql }) => sql)].join(' AND ')}`,
    ...[firstId, lastId, session, ...conditions.flatMap(({ params }) => params)],
  );
  return rows.flatMap(({ id, t, at, embedding }) => {
    const picture = unpackEmbedding(embedding);
    return !distinct || isDistinct(picture, distinct) ? [{ id, session, t, at, likeness: dot(picture, wanted) }] : [];
  });
}

function isDistinct(picture: Float16Array, { own, others, margin }: NonNullable<Meaning['distinct']>): boolean {
  const likeness = dot(picture, own);
  return others.every((other) => likeness - dot(picture, other) >= margin);
}

/** The best stretches seen so far, until they have frames enough. */
class BestStretches {
  readonly #enough: number;
  #best: { readonly likeness: number; readonly stretch: Stretch }[] = [];
  #floor = Number.NEGATIVE_INFINITY;
  #cutAt = 500;

  constructor(enough: number) {
    this.#enough = enough;
  }

  /** What is less like it does not come among them any more. */
  get floor(): number {
    return this.#floor;
  }

  add(likeness: number, stretch: Stretch): void {
    this.#best.push({ likeness, stretch });
    if (this.#best.length >= this.#cutAt) this.#cut();
  }

  take(): Stretch[] {
    this.#cut();
    return this.#best.map(({ stretch }) => stretch);
  }

  #cut(): void {
    this.#best.sort((a, b) => b.likeness - a.likeness);
    let frames = 0;
    for (const [i, { likeness, stretch }] of this.#best.entries()) {
      frames += stretch.frames;
      if (frames < this.#enough) continue;
      this.#best.length = i + 1;
      this.#floor = likeness;
      break;
    }
    this.#cutAt = 2 * this.#best.length + 500;
  }
}
