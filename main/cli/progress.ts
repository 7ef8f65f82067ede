import { shortTime } from '../base/clock.ts';
import { visible } from '../base/terminal.ts';

/** How far a run has come; as the engine reports it. */
export interface ProgressReport {
  /** Media time in seconds. */
  readonly t: number;
  /** Seconds of media time in all, if known. */
  readonly duration: number | undefined;
  readonly frames: number;
}

const barWidth = 24;
const redrawMs = 100;

/** One line on a terminal that keeps itself up to date; on anything else nothing. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  /** Media and real time of the first report: opening the models is not counted. */
  #first: { readonly t: number; readonly at: number } | undefined;
  #drawnAt = 0;
  #shown = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  readonly update = (report: ProgressReport): void => {
    const now = performance.now();
    this.#first ??= { t: report.t, at: now };
    const first = this.#first;
    this.#draw(now, () => progressText(report, first.t, (now - first.at) / 1000));
  };

  /** For work that is no stream: which share (0..1) of it is done. */
  updateShare(share: number): void {
    this.#draw(performance.now(), () => shareText(share));
  }

  /** Makes room for other output; the next update draws it again. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\x1b[K');
    this.#shown = false;
    this.#drawnAt = 0;
  }

  #draw(now: number, text: () => string): void {
    if (!this.#stream.isTTY || now - this.#drawnAt < redrawMs) return;
    this.#drawnAt = now;
    this.#shown = true;
    this.#stream.write(`\r\x1b[K${text().slice(0, Math.max(20, this.#stream.columns - 1))}`);
  }
}

/** "[######------------------]  25 %" */
export function shareText(share: number): string {
  const full = Math.round(share * barWidth);
  const bar = `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
  return `${bar} ${String(Math.round(share * 100)).padStart(3)} %`;
}

/** "[######------------------]  25 %  31.0x real time, 2 s left"; without a known length the media time. */
export function progressText({ t, duration, frames }: ProgressReport, first: number, elapsed: number): string {
  const watched = t - first;
  const speed = elapsed > 0 ? `${(watched / elapsed).toFixed(1)}x real time` : '';
  if (duration === undefined || duration <= 0) return `${shortTime(t)}  ${frames} frames  ${speed}`;
  const share = Math.min(1, watched / duration);
  const left = share > 0 ? Math.ceil((elapsed * (1 - share)) / share) : undefined;
  return `${shareText(share)}  ${speed}${left === undefined ? '' : `, ${left} s left`}`;
}

/** One line on a terminal, rewritten; nothing anywhere else. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${visible(text)}`);
}
