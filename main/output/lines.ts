import { shortTime } from '../base/clock.ts';
import { visibleLine } from '../base/terminal.ts';
import type { FinishedEvent, GapEvent, LiveEvent } from '../live/events.ts';
import { oneLine } from './clean-text.ts';
import type { Format } from './format.ts';

/** The line a person reads for an event, without line break: "[00:12.5] A terminal opened."; undefined for none. */
export function readableLine(event: LiveEvent): string | undefined {
  switch (event.type) {
    case 'narration':
      return `[${shortTime(event.t)}] ${oneLine(event.text)}`;
    case 'answer':
      return `[${shortTime(event.t)}] Q: ${oneLine(event.query)} / A: ${oneLine(event.text)}`;
    case 'gap':
      return `[${shortTime(gapSpan(event).from)}] (${gapWords(event)})`;
    case 'notice':
      return `[${shortTime(event.t)}] (${oneLine(event.message)})`;
    case 'started':
    case 'frame':
    case 'failed':
    case 'finished':
      return undefined;
  }
}

/** "no picture until 00:42.0: stalled, 24 frames lost", or "the recording's clock jumps". */
export function gapWords(gap: GapEvent): string {
  // Nothing is known to be missing; time goes on where it was.
  if (gap.reason === 'discontinuity' && gap.from === gap.to) return "the recording's clock jumps";
  if (gap.reason === 'unread')
    return 'the file holds more behind this, which cannot be read here: it was joined. Split it, or convert it';
  if (gap.reason === 'ended' && gap.from === gap.to)
    return 'the recording breaks off, nobody knows how much is missing';
  const lost = gap.dropped > 0 ? `, ${count(gap.dropped, 'frame')} lost` : '';
  return `no picture until ${shortTime(gapSpan(gap).to)}: ${oneLine(gap.reason)}${lost}`;
}

/** The span of a gap, earlier end first whatever the source said. */
export function gapSpan(gap: GapEvent): { from: number; to: number } {
  return { from: Math.min(gap.from, gap.to), to: Math.max(gap.from, gap.to) };
}

/** One sentence on the whole run: how much was watched, how fast, what was said. */
export function summary(end: FinishedEvent): string {
  const lost = [
    ...(end.dropped > 0 ? [`${count(end.dropped, 'frame')} lost`] : []),
    ...(end.gaps > 0 ? [count(end.gaps, 'gap')] : []),
  ];
  return [
    `${end.complete ? 'Watched' : 'Interrupted after'} ${shortTime(end.seconds)} (${count(end.frames, 'frame')})`,
    ` in ${(end.wallMs / 1000).toFixed(1)} s, ${end.realtimeFactor.toFixed(1)}x real time:`,
    ` ${count(end.narrations, 'narration')}, ${count(end.answers, 'answer')}, ${lost.join(', ') || 'nothing lost'};`,
    ` a decision took ${Math.round(end.latencyP50Ms)} ms (p95 ${Math.round(end.latencyP95Ms)} ms).`,
  ].join('');
}

/** Plain text: the lines that a terminal shows, and why it ended if it failed. */
export function plainText(): Format {
  return {
    on: (event) => {
      const line = event.type === 'failed' ? `(failed: ${visibleLine(event.message)})` : readableLine(event);
      return line === undefined ? '' : `${line}\n`;
    },
    end: () => '',
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
