/** A day as the window would be told of it: what the sample recording holds, repeated over some hours. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Rehearsal } from '../../main/assistant/rehearsal.ts';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import type { PolicySettings } from '../../main/live/policy.ts';
import { defaultSettings as shipped } from '../../main/settings/settings-schema.ts';
import type { Hello, Moment, Picture, Settings, Span, Speech, Status } from '../../preload/contract.ts';
import type { Answers } from './window-server.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const source = 'screen:1';
const secondsOfRecording = 74;

export const defaultSettings: Settings = {
  ...shipped,
  source,
  language: 'en',
  remember: true,
  keepDays: 30,
  keepGb: 5,
  hiddenApps: ['KeePassXC', '1Password', 'Bitwarden'],
  hiddenTitles: ['online banking'],
  shortcuts: { ask: 'Control+Alt+Space', pause: 'Control+Alt+P', overlay: 'Control+Alt+O' },
};

export function watchingStatus(): Status {
  return {
    state: 'watching',
    source,
    bundle: 'desk-nano',
    lastFrameAt: Date.now(),
    theta: 0.4,
    pausedUntil: null,
    snoozedUntil: null,
    filtering: false,
    remembering: true,
    message: null,
  };
}

/** What happens in the sample recording: seconds and sentences. */
export const happenings: readonly { readonly t: number; readonly text: string }[] = readFileSync(
  fixture('desk.events.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** p(silence) of one decision: high, a little restless, and low where something happened. */
export function pSilentAt(seconds: number): number {
  const t = seconds % secondsOfRecording;
  const near = Math.min(...happenings.map((happening) => Math.abs(happening.t - t)));
  const calm = 0.93 + 0.05 * Math.sin(seconds * 1.7) * Math.sin(seconds * 0.31);
  return near < 0.5 ? 0.12 + near * 0.3 : calm - 0.25 * Math.exp(-near / 3);
}

export interface StoryChoices {
  readonly settings?: Partial<Settings>;
  readonly status?: Partial<Status>;
  readonly speeches?: readonly Speech[];
  readonly welcomed?: boolean;
  /** How the bundle holds back. */
  readonly policy?: Partial<PolicySettings>;
}

/** Answers to everything, over a memory of this day and the two before; settings change as they would. */
export function tellStory(choices: StoryChoices = {}): Answers {
  let settings: Settings = { ...defaultSettings, ...choices.settings };
  let forgotten: Span | undefined;
  const stays = ({ at }: { readonly at: number }) => !forgotten || at < forgotten.from || at >= forgotten.before;
  let pictures: Promise<string[]> | undefined;
  const midnight = new Date().setHours(0, 0, 0, 0);
  const hour = 3_600_000;
  const began = midnight + 9 * hour;
  const moments = [0, 1, 2]
    .flatMap((day) => dayOfMoments(began - day * 24 * hour, began - day * 24 * hour + 3 * hour))
    .sort((a, b) => a.at - b.at);
  const shots: Picture[] = moments.map(({ at, session }, id) => ({ id, session, t: 0, at, width: 384, height: 240 }));
  const within =
    ({ from, before }: Span) =>
    (thing: { readonly at: number }) =>
      thing.at >= from && thing.at < before && stays(thing);

  return {
    hello: (): Hello => ({
      version: '0.1.0',
      status: { ...watchingStatus(), ...choices.status },
      settings,
      speeches: choices.speeches ?? [],
      welcomed: choices.welcomed ?? true,
      sample: 'sample.mp4',
      preview: null,
    }),
    sources: () => [
      { source: 'screen:1', kind: 'screen', name: 'Screen 1, 2560 × 1440' },
      { source: 'screen:2', kind: 'screen', name: 'Screen 2, 1920 × 1080' },
      { source: 'window:Terminal', kind: 'window', name: 'Terminal' },
      { source: 'camera', kind: 'camera', name: 'HD Webcam' },
      { source: 'sample.mp4', kind: 'recording', name: 'desk.mp4' },
    ],
    bundles: () => [
      {
        name: 'desk-nano',
        version: '0.3.0',
        limits: 'It knows desktop screens only.',
        limitsIn: { ko: '데스크톱 화면만 압니다.' },
      },
    ],
    settings: ({ change }) => {
      settings = { ...settings, ...change };
      return settings;
    },
    ask: () => ({ text: 'The command finished.', from: 'memory', moments: moments.slice(0, 2) }),
    days: () =>
      [0, 1, 2].map((day) => ({ at: midnight - day * 24 * hour, frames: 21_600, utterances: 600 - day * 40 })),
    moments: (span) => ({ moments: moments.filter(within(span)) }),
    pictures: ({ most, ...span }) => spread(shots.filter(within(span)), most),
    picture: async ({ id }) => {
      pictures ??= recordedPictures();
      const all = await pictures;
      return all[id % all.length] ?? null;
    },
    curve: ({ from, before, pieces }) => {
      const length = Math.ceil((before - from) / pieces);
      const recent = before - from < hour;
      return Array.from({ length: pieces }, (_, i) => from + i * length)
        .filter((at) => stays({ at }) && (recent || (new Date(at).getHours() >= 9 && new Date(at).getHours() < 12)))
        .map((at) => ({
          at,
          // A piece holds the least of its frames; looking at one frame in each shows the shape.
          least: Math.min(...[0, 1, 2, 3].map((part) => pSilentAt((at + (part * length) / 4) / 1000))),
          mean: pSilentAt(at / 1000),
          changed: true,
        }));
    },
    rehearse: ({ theta }) => {
      const rehearsal = new Rehearsal();
      const now = Date.now();
      for (let i = 0; i < 1200; i++) {
        const at = now - (1200 - i) * 500;
        if (stays({ at })) rehearsal.take({ t: i / 2, at, pSilent: pSilentAt(at / 1000), reason: 'silent' });
      }
      const policy = { theta: theta ?? choices.status?.theta ?? watchingStatus().theta, ...choices.policy };
      return rehearsal.play({ rearm: null, refractorySeconds: 0, repeatSeconds: 0, ...policy }, settings.chattiness);
    },
    gaps: (span) =>
      span.from <= began && span.before > began
        ? [{ from: began + 1.4 * hour, before: began + 1.5 * hour, reason: 'paused' }]
        : [],
    search: ({ text, limit }) =>
      moments
        .filter((moment) => stays(moment) && moment.utterances.some((said) => said.text.includes(text)))
        .slice(0, limit)
        .map((moment) => ({ ...moment, matched: [{ in: 'narration', words: [text] }] })),
    recap: () => 'From 9:00 to 12:00 a terminal was open; three commands ran and finished.',
    forget: (span) => {
      forgotten = span;
      return { frames: 120, utterances: 3, thumbnails: 2 };
    },
    export: ({ format }) => ({
      name: `onlooker.${format}`,
      text: '1\n00:00:01,000 --> 00:00:03,000\nA terminal opened.\n',
    }),
  };
}

function dayOfMoments(from: number, before: number): Moment[] {
  const moments: Moment[] = [];
  for (let start = from; start < before; start += secondsOfRecording * 3000) {
    for (const { t, text } of happenings.slice(0, 5)) {
      const at = start + t * 1000;
      const utterances = [{ t, at, kind: 'narration' as const, text }];
      moments.push({ session: 1, source, from: t, to: t + 1, at, utterances, matched: [] });
    }
  }
  return moments;
}

function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]!);
}

/** Frames of the sample recording as data URLs. */
export async function recordedPictures(width = 960): Promise<string[]> {
  const { path } = await findFfmpeg();
  return [3, 9, 17, 28, 50, 60].map((t) => {
    const arguments_ = ['-v', 'error', '-ss', String(t), '-i', fixture('desk.mp4'), '-frames:v', '1'];
    const jpeg = execFileSync(path, [...arguments_, '-vf', `scale=${width}:-2`, '-f', 'mjpeg', '-']);
    return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  });
}
