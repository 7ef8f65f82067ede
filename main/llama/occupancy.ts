/**
 * Which positions the cache holds, as sorted, disjoint spans. Mirrors what native code does, so that a call that would
 * make it fail, or leave two tokens at one position, is refused before it starts.
 */
interface Span {
  readonly from: number;
  readonly to: number;
}

export class Occupancy {
  #spans: readonly Span[] = [];

  /** One past the last position in use: where the next token goes. */
  get end(): number {
    return this.#spans.at(-1)?.to ?? 0;
  }

  /** Cells in use. */
  get cells(): number {
    return this.#spans.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  append(count: number): void {
    this.#spans = joined([...this.#spans, { from: this.end, to: this.end + count }]);
  }

  remove(from: number, to: number): void {
    this.#spans = this.#outside(from, to);
  }

  /** Moves the positions in [from, to) by `delta`; throws, and changes nothing, if they would meet others or go below 0. */
  shift(from: number, to: number, delta: number): void {
    const still = this.#outside(from, to);
    const moved = this.#inside(from, to).map((span) => ({ from: span.from + delta, to: span.to + delta }));
    const first = moved[0];
    if (first === undefined) return;
    if (first.from < 0) throw new RangeError(`Shifting [${from}, ${to}) by ${delta} would make positions negative`);
    if (moved.some((span) => still.some((other) => span.from < other.to && other.from < span.to))) {
      throw new RangeError(`Shifting [${from}, ${to}) by ${delta} would put two tokens at one position`);
    }
    this.#spans = joined([...still, ...moved]);
  }

  clear(): void {
    this.#spans = [];
  }

  #inside(from: number, to: number): Span[] {
    return this.#spans
      .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
      .filter((span) => span.from < span.to);
  }

  #outside(from: number, to: number): Span[] {
    return this.#spans
      .flatMap((span) => [
        { from: span.from, to: Math.min(span.to, from) },
        { from: Math.max(span.from, to), to: span.to },
      ])
      .filter((span) => span.from < span.to);
  }
}

function joined(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last?.to === span.from) result[result.length - 1] = { from: last.from, to: span.to };
    else result.push(span);
  }
  return result;
}
