import { shortTime } from '../base/clock.ts';
import { visibleLine } from '../base/terminal.ts';
import type { LiveEvent } from '../live/events.ts';
import { markdownText } from './clean-text.ts';
import type { Format } from './format.ts';
import { gapSpan, gapWords, summary } from './lines.ts';

/** A log to read: what was watched and when, one list item an event, the sum of it last. `now` is for tests. */
export function markdown(now: Date = new Date()): Format {
  return { on: (event) => item(event, now), end: () => '' };
}

function item(event: LiveEvent, now: Date): string {
  switch (event.type) {
    case 'started':
      return [
        `# Log of ${markdownText(visibleLine(event.source))}\n`,
        `- Source: ${markdownText(visibleLine(event.source))}`,
        `- Bundle: ${markdownText(event.bundle)}`,
        `- Date: ${date(now)}`,
        `- Sampling: ${event.fps} frames a second\n`,
        '## What happened\n\n',
      ].join('\n');
    case 'narration':
      return `- **${shortTime(event.t)}** ${markdownText(event.text)}\n`;
    case 'answer':
      return `- **${shortTime(event.t)}** *${markdownText(event.query)}* ${markdownText(event.text)}\n`;
    case 'gap':
      return `- **${shortTime(gapSpan(event).from)}** *(${markdownText(gapWords(event))})*\n`;
    case 'notice':
      return `- **${shortTime(event.t)}** *(${markdownText(event.message)})*\n`;
    case 'failed':
      return `\n**It failed:** ${markdownText(event.message)}\n`;
    case 'finished':
      return `\n${markdownText(summary(event))}\n`;
    case 'frame':
      return '';
  }
}

/** "2026-05-01 13:05", local time. */
function date(now: Date): string {
  const digits = (value: number) => String(value).padStart(2, '0');
  const day = [now.getFullYear(), digits(now.getMonth() + 1), digits(now.getDate())].join('-');
  return `${day} ${digits(now.getHours())}:${digits(now.getMinutes())}`;
}
