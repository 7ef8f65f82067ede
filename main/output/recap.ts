/** A recap as Markdown. */

import { localClock, localDay, shortTime } from '../base/clock.ts';
import type { Activity, SpokenLine } from '../memory/find/recap.ts';
import { markdownText, oneLine } from './clean-text.ts';

const mostLines = 8;

export interface RecapTextOptions {
  /** Lines shown of an activity, at most; default 8: what the model was surest to say. */
  readonly lines?: number;
  /** Markdown that tells of the activities and cites them as [1], [2], ...; their headings then bear these numbers. */
  readonly told?: string;
}

/** A heading for each day and each activity, and under it what was said. Ends without a line break. */
export function recapMarkdown(
  activities: readonly Activity[],
  { lines = mostLines, told }: RecapTextOptions = {},
): string {
  const parts = [`# Recap\n\n${summary(activities)}`, ...(told === undefined ? [] : [told])];
  let heading = '';
  for (const [i, activity] of activities.entries()) {
    const day = localDay(activity.at);
    if (day !== heading) parts.push(`## ${day}`);
    heading = day;
    parts.push(section(activity, lines, told === undefined ? '' : `[${i + 1}] `));
  }
  return parts.join('\n\n');
}

/** The words of an activity that matter most, in order. */
export function saidIn({ lines }: Activity, most = mostLines): string[] {
  return chosen(together(lines), most).map(({ line: { text } }) => oneLine(text));
}

function summary(activities: readonly Activity[]): string {
  const sessions = new Set(activities.map(({ session }) => session)).size;
  const seconds = activities.reduce((sum, { from, to }) => sum + to - from, 0);
  const said = activities.reduce((sum, activity) => sum + activity.lines.length, 0);
  const watched = `Watched ${duration(seconds)} in ${count(sessions, 'session')}`;
  return `${watched}: ${count(activities.length, 'activity', 'activities')}, ${count(said, 'text')}.`;
}

function section(activity: Activity, most: number, number: string): string {
  const { kind, source, from, to, at, until, changed, lines } = activity;
  const place = isRecording(kind) ? `${source}, ${shortTime(from)} to ${shortTime(to)}` : source;
  const heading = `### ${number}${localClock(at)} to ${localClock(until)}: ${markdownText(place)} (${duration(to - from)})`;
  const items = together(lines);
  const shown = chosen(items, most);
  const list = shown.map((item) => `- **${time(kind, item.line)}** ${words(item)}`);
  if (shown.length < items.length) list.push(`- and ${items.length - shown.length} more`);
  if (items.length === 0) list.push(changed ? 'Nothing was said.' : 'The picture stood still.');
  return `${heading}\n\n${list.join('\n')}`;
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
