/**
 * What was said in a stream and has left the model's window, in bounded room: hours of it are as many lines as minutes. The
 * stream is cut into pieces of equal length; of each the surest lines stay, word for word, and the others are counted.
 * When there are too many pieces, each two become one. So every hour keeps its share, however long the stream goes.
 */
import type { Span } from './ledger.ts';
import type { SaidLine, SummaryState } from './snapshot-header.ts';

type Piece = SummaryState['pieces'][number];

const mostPieces = 32;
const linesOfPiece = 4;
/** Of a line, characters. */
const longestLine = 200;

export class RollingSummary {
  #seconds: number;
  #pieces: Piece[];
  /** What the model still has in its window, oldest first. */
  #inWindow: SaidLine[];

  constructor({ seconds = 60, pieces = [], inWindow = [] }: Partial<SummaryState> = {}) {
    this.#seconds = seconds;
    // An answer says nothing of what happened: it is told by what it rests on.
    const isNarration = ({ kind }: SaidLine) => kind === 'narration';
    this.#pieces = pieces.map((piece) => ({ ...piece, lines: piece.lines.filter(isNarration) }));
    this.#inWindow = inWindow.filter(isNarration);
  }

  get state(): SummaryState {
    return { seconds: this.#seconds, pieces: this.#pieces, inWindow: this.#inWindow };
  }

  /** Lines that have left the window, oldest first. */
  get lines(): SaidLine[] {
    return this.#pieces.flatMap(({ lines }) => lines);
  }

  /** Something was said: it is in the window now. */
  said(line: SaidLine): void {
    const { text } = line;
    this.#inWindow.push({ ...line, text: text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text });
  }

  /** Takes in what is not among the window's spans any more. */
  follow(spans: readonly Span[]): void {
    const kept = new Set(spans.map(({ kind, t }) => `${kind} ${t}`));
    const isKept = ({ kind, t }: SaidLine) => kept.has(`${kind} ${t}`);
    const evicted = this.#inWindow.filter((line) => !isKept(line));
    if (evicted.length === 0) return;
    this.#inWindow = this.#inWindow.filter(isKept);
    for (const line of evicted) {
      const { t, at } = line;
      this.#add({ index: Math.floor(t / this.#seconds), fromAt: at, toAt: at, lines: [line], more: 0 });
    }
    while (this.#pieces.length > mostPieces) this.#halve();
  }

  /** Forgets a span of the wall clock. How much else was said in a piece that lies partly in it stays known. */
  forget(from: number, before: number): void {
    const stays = ({ at }: SaidLine) => at < from || at >= before;
    this.#inWindow = this.#inWindow.filter(stays);
    this.#pieces = this.#pieces
      .filter(({ fromAt, toAt }) => fromAt < from || toAt >= before)
      .map((piece) => ({ ...piece, lines: piece.lines.filter(stays) }))
      .filter(({ lines, more }) => lines.length + more > 0);
  }

  /** So many lines, evenly over the time, the surest of each part; and how many there were in all. */
  told(most = 12): { readonly lines: readonly SaidLine[]; readonly all: number } {
    const all = this.#pieces.reduce((sum, { lines, more }) => sum + lines.length + more, 0);
    const filled = this.#pieces.filter(({ lines }) => lines.length > 0);
    const parts = Math.min(most, filled.length);
    const lines = Array.from({ length: parts }, (_, part) => {
      const of = filled.slice(
        Math.floor((part * filled.length) / parts),
        Math.floor(((part + 1) * filled.length) / parts),
      );
      return surest(
        of.flatMap((piece) => piece.lines),
        1,
      );
    });
    return { lines: lines.flat(), all };
  }

  #add(piece: Piece): void {
    const at = this.#pieces.findIndex(({ index }) => index >= piece.index);
    if (at < 0) this.#pieces.push(piece);
    else if (this.#pieces[at]!.index === piece.index) this.#pieces[at] = joined(this.#pieces[at]!, piece);
    else this.#pieces.splice(at, 0, piece);
  }

  #halve(): void {
    const pieces = this.#pieces;
    this.#seconds *= 2;
    this.#pieces = [];
    for (const { index, ...rest } of pieces) this.#add({ index: Math.floor(index / 2), ...rest });
  }
}

function joined(a: Piece, b: Piece): Piece {
  const all = [...a.lines, ...b.lines];
  const lines = surest(all, linesOfPiece);
  const [fromAt, toAt] = [Math.min(a.fromAt, b.fromAt), Math.max(a.toAt, b.toAt)];
  return { index: a.index, fromAt, toAt, lines, more: a.more + b.more + all.length - lines.length };
}

/** The surest, in order; what repeats another word for word comes last. */
function surest(lines: readonly SaidLine[], most: number): SaidLine[] {
  const isRepeated = (line: SaidLine, i: number) => lines.findIndex(({ text }) => text === line.text) < i;
  const ranked = lines.map((line, i) => ({ line, rank: line.pSilent + (isRepeated(line, i) ? 1 : 0) }));
  const chosen = new Set(
    ranked
      .toSorted((a, b) => a.rank - b.rank)
      .slice(0, most)
      .map(({ line }) => line),
  );
  return lines.filter((line) => chosen.has(line));
}
