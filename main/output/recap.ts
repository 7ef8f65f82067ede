/** A recap as Markdown. */

import { localClock, localDay, shortTime } from '../base/clock.ts';
import type { Activity, SpokenLine } from '../memory/find/recap.ts';
import { markdownText, oneLine } from './clean-text.ts';

const mostLines = 8;

/** A recap in words, activity by activity: to be put together, or told by a chat model first. */
export interface WrittenRecap {
  /** How much there was. */
  readonly summary: string;
  /** In the order in which they were watched. */
  readonly activities: readonly WrittenActivity[];
}

export interface WrittenActivity {
  /** Local day on which it began, as it stands in headings. */
  readonly day: string;
  /** Markdown: its heading without the marks before it, and under it what was said. */
  readonly text: string;
  /** What of it a chat model is to read, in one line. */
  readonly line: string;
}

/** @param lines texts shown of an activity, at most; default 8: what the model was surest to say */
export function writtenRecap(activities: readonly Activity[], lines = mostLines): WrittenRecap {
  return { summary: summary(activities), activities: activities.map((activity) => written(activity, lines)) };
}

/**
 * Markdown: a heading for each day and each activity, and under it what was said. Ends without a line break.
 * @param told Markdown that tells of the activities and cites them as [1], [2], ...; their headings then bear these numbers
 */
export function recapMarkdown({ summary, activities }: WrittenRecap, told?: string): string {
  const parts = [`# Recap\n\n${summary}`, ...(told === undefined ? [] : [told])];
  let heading = '';
  for (const [i, { day, text }] of activities.entries()) {
    if (day !== heading) parts.push(`## ${day}`);
    heading = day;
    parts.push(`### ${told === undefined ? '' : `[${i + 1}] `}${text}`);
  }
  return parts.join('\n\n');
}

function summary(activities: readonly Activity[]): string {
  const sessions = new Set(activities.map(({ session }) => session)).size;
  const seconds = activities.reduce((sum, { from, to }) => sum + to - from, 0);
  const said = activities.reduce((sum, activity) => sum + activity.lines.length, 0);
  const watched = `Watched ${duration(seconds)} in ${count(sessions, 'session')}`;
  return `${watched}: ${count(activities.length, 'activity', 'activities')}, ${count(said, 'text')}.`;
}

function written({ kind, source, from, to, at, until, changed, lines }: Activity, most: number): WrittenActivity {
  const day = localDay(at);
  const clocks = `${localClock(at)} to ${localClock(until)}`;
  const place = isRecording(kind) ? `${source}, ${shortTime(from)} to ${shortTime(to)}` : source;
  const heading = `${clocks}: ${markdownText(place)} (${duration(to - from)})`;
  const items = together(lines);
  const shown = chosen(items, most);
  const list = shown.map((item) => `- **${time(kind, item.line)}** ${words(item)}`);
  if (shown.length < items.length) list.push(`- and ${items.length - shown.length} more`);
  if (items.length === 0) list.push(changed ? 'Nothing was said.' : 'The picture stood still.');
  const said = shown.map(({ line: { text } }) => oneLine(text)).join(' ');
  return {
    day,
    text: `${heading}\n\n${list.join('\n')}`,
    line: `${day} ${clocks}, ${oneLine(source)}: ${said || 'nothing was said'}`,
  };
}

interface Item {
  readonly line: SpokenLine;
  times: number;
}

/** The same said several times in a row is said once. */
function together(lines: readonly SpokenLine[]): Item[] {
  const items: Item[] = [];
  for (const line of lines) {
    const last = items.at(-1);
    if (last && last.line.text === line.text) last.times++;
    else items.push({ line, times: 1 });
  }
  return items;
}

function chosen(items: readonly Item[], most: number): Item[] {
  const surest = [...items].sort((a, b) => (a.line.pSilent ?? 0) - (b.line.pSilent ?? 0)).slice(0, most);
  return items.filter((item) => surest.includes(item));
}

function words({ line: { text }, times }: Item): string {
  const said = markdownText(text);
  return times > 1 ? `${said} (${times} times)` : said;
}

/** In a recording a person looks for media time, elsewhere for the hour. */
function time(kind: string, { t, at }: SpokenLine): string {
  return isRecording(kind) ? shortTime(t) : localClock(at, { seconds: true });
}

function isRecording(kind: string): boolean {
  return kind === 'file' || kind === 'web';
}

/** "45 s", "12 min", "2 h 5 min" */
function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (Math.round(seconds) < 60) return `${Math.round(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function count(value: number, noun: string, nouns = `${noun}s`): string {
  return `${value} ${value === 1 ? noun : nouns}`;
}
