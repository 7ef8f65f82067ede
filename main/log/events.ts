/**
 * All that can stand in the log: a closed list of events, each with numbers, codes and words of closed lists. There is no
 * field for a text, so that nothing that was seen, said, asked or typed, and no name of a file, a window or an address,
 * can get there. A value that its field does not allow is left out.
 */
import { z } from 'zod';
import type { Settings } from '../../preload/contract.ts';
import { errorCodes } from '../base/errors.ts';

export const levels = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

/** Which part of the program writes; the engine is a process of its own under `desktop` and `serve`. */
export const programs = ['desktop', 'start', 'serve', 'narrate', 'mcp', 'forget', 'engine'] as const;
export type Program = (typeof programs)[number];

/** Every setting, and no other: the compiler complains about a missing one. */
const settings: Readonly<Record<keyof Settings, true>> = {
  ...{ source: true, bundle: true, instruction: true, theta: true, chattiness: true, language: true, remember: true },
  ...{ keepDays: true, keepGb: true, voice: true, textSize: true, theme: true, contrast: true, motion: true },
  ...{ clickThrough: true, hiddenApps: true, hiddenTitles: true, hidePrivateBrowsing: true, strictPrivacy: true },
  ...{ quietInCalls: true, startAtLogin: true, profile: true, chat: true, textFile: true, obs: true },
  ...{ mcpSources: true, mcpMayWatch: true, shortcuts: true },
};

/** A version, as 24.1.0-rc.1. */
const version = z.string().regex(/^v?\d+(\.\d+){1,3}([-+][\w.]{1,20})?$/);
/** What tells builds of bundles apart: 12 hexadecimal digits of a sha256. */
const hash = z.string().regex(/^[0-9a-f]{12}$/);
/** A bundle's name where it is one word: `desk-nano`. */
const bundle = z.string().regex(/^[\w.+-]{1,60}$/);
/** Name that Node, the system or SQLite has for an error. */
const systemCode = z.string().regex(/^(E[A-Z0-9]{2,20}|ERR_[A-Z0-9_]{2,60}|SQLITE_[A-Z_]{2,40})$/);
/** Where in the program something was called: a file of its own with line and column. */
const frame = z.string().regex(/^(main|out|preload|node_modules)\/[\w@.+/-]{1,150}:\d+:\d+$/);

export const errorKinds = [
  'Error',
  'OnlookerError',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'AggregateError',
  'AbortError',
  'TimeoutError',
  'SqliteError',
  'ZodError',
  'other',
] as const;
const cause = z.object({ kind: z.enum(errorKinds), code: systemCode.optional().catch(undefined) });

export const crashSignals = ['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGTERM', 'other'] as const;

export const gapReasons = [
  'stalled',
  'ended',
  'overload',
  'seek',
  'paused',
  'restarted',
  'discontinuity',
  'unread',
  'unrecorded',
  'pictures',
  'other',
] as const;

/** Electron's names for how the process of a page may end. */
const pageEnds = [
  'abnormal-exit',
  'killed',
  'crashed',
  'oom',
  'launch-failed',
  'integrity-failure',
  'memory-eviction',
] as const;

const count = z.int().nonnegative();
const number = z.number();

const described = {
  /** `failed` and `defect`: `causes` from the outermost inwards, `frames` of the innermost that has any. */
  failed: [
    'error',
    { code: z.enum([...errorCodes, 'defect']), causes: z.array(cause), frames: z.array(frame.catch('other')) },
  ],
  'memory-damaged': ['error', {}],
  'memory-set-aside': ['warn', {}],
  'engine-crashed': ['warn', { exitCode: number, signal: z.enum(crashSignals) }],
  'window-crashed': ['warn', { reason: z.enum(pageEnds), exitCode: number }],
  /** Frames were not seen. */
  gap: ['warn', { reason: z.enum(gapReasons), seconds: number, dropped: count }],
  started: [
    'info',
    { version, node: version, electron: version, platform: z.enum(['linux', 'darwin', 'win32', 'other']) },
  ],
  ended: ['info', { seconds: number }],
  'engine-started': ['info', { attempt: count }],
  'bundle-opened': ['info', { bundle, hash }],
  'source-opened': [
    'info',
    {
      kind: z.enum(['file', 'stdin', 'web', 'stream', 'screen', 'window', 'camera']),
      ...{ live: z.boolean(), width: count, height: count, fps: number, resumed: z.boolean() },
    },
  ],
  /** Of the last minute; latency from capture to decision. */
  timings: ['info', { frames: count, dropped: count, p50Ms: number, p95Ms: number, rssMb: number }],
  'run-ended': [
    'info',
    {
      ...{ frames: count, seconds: number, narrations: count, answers: count, dropped: count, gaps: count },
      ...{ p50Ms: number, p95Ms: number, peakRssMb: number, complete: z.boolean() },
    },
  ],
  'memory-opened': ['info', { megabytes: number }],
  /** What the memory deleted because of its limits. */
  'memory-expired': ['info', { frames: count, texts: count, pictures: count }],
  /** That something was, not what. */
  forgotten: ['info', {}],
  'setting-changed': ['info', { name: z.enum(Object.keys(settings) as (keyof Settings)[]) }],
  'snapshot-written': ['debug', { ms: number }],
} as const satisfies Readonly<Record<string, readonly [Level, z.core.$ZodShape]>>;

export type LogEvent = keyof typeof described;
export type LogFields<Event extends LogEvent> = Partial<z.output<z.ZodObject<(typeof described)[Event][1]>>>;

export const logEvents: Readonly<Record<LogEvent, readonly [Level, z.core.$ZodShape]>> = described;

/** What of `fields` an event may carry, in the order of the list. */
export function allowedFields(event: LogEvent, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const allowed: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(logEvents[event][1])) {
    const { success, data } = z.safeParse(field, fields[name]);
    if (success && data !== undefined) allowed[name] = data;
  }
  return allowed;
}
