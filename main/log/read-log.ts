import { z } from 'zod';
import { allowedFields, type LogEvent, levels, logEvents, programs } from './events.ts';
import { readLines } from './log-files.ts';

const head = z.object({
  at: z.iso.datetime(),
  level: z.enum(levels),
  program: z.enum(programs),
  pid: z.int(),
  event: z.enum(Object.keys(logEvents) as LogEvent[]),
});

export type LogEntry = z.output<typeof head> & Readonly<Record<string, unknown>>;

/**
 * What the log holds, oldest first, and no more than an event may carry: whatever else stands in the files - half a line
 * from a full disk, another program's words - is left out. Never throws.
 * @param folder default the user's
 */
export function readLog(folder?: string): LogEntry[] {
  return readLines(folder).flatMap((line) => entryOf(line) ?? []);
}

/** How often each code of a failure stands there, the most frequent first. */
export function failureCounts(entries: readonly LogEntry[]): [code: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { event, code } of entries) {
    if (event === 'failed' && typeof code === 'string') counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

function entryOf(line: string): LogEntry | undefined {
  try {
    const written: unknown = JSON.parse(line);
    const { success, data } = head.safeParse(written);
    return success ? { ...data, ...allowedFields(data.event, written as Record<string, unknown>) } : undefined;
  } catch {
    return undefined; // half a line
  }
}
