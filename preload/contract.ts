/**
 * What the window and the rest of the program say to each other, declared once: types only, free of Node and of the
 * DOM. The preload script and the browser-mode client implement `Bridge`; `main/assistant` answers the requests; the
 * window knows nothing else. Everything crosses as plain data.
 */

// 1. What the window can ask for -------------------------------------------------------------------------------------

/** Wall clock, milliseconds since 1970: from this on, and before that. */
export interface Span {
  readonly from: number;
  readonly before: number;
}

/** Every request with what it takes and what comes back. */
export interface Requests {
  /** Everything a window needs to draw itself for the first time. */
  hello: { input: Record<string, never>; output: Hello };
  sources: { input: Record<string, never>; output: readonly SourceChoice[] };
  bundles: { input: Record<string, never>; output: readonly BundleChoice[] };

  /**
   * Resolves when the first frame is there; what was watched before ends. `instruction`: what it is to speak about from
   * now on, as in the settings.
   */
  watch: { input: { readonly source: string; readonly instruction?: string | null }; output: null };
  stop: { input: Record<string, never>; output: null };
  /** `until`: wall clock, or null for "until resumed". */
  pause: { input: { readonly until: number | null }; output: null };
  resume: { input: Record<string, never>; output: null };
  /** Says nothing unasked until then; it goes on watching. */
  snooze: { input: { readonly until: number | null }; output: null };
  /** The live session when the time asked about is in its window, else the memory. */
  ask: { input: { readonly text: string }; output: Answer };
  /** Where this window covers the watched screen, as shares of it (0..1); painted out before the encoder. */
  cover: { input: { readonly area: Area | null }; output: null };

  settings: { input: { readonly change: Partial<Settings> }; output: Settings };

  days: { input: Record<string, never>; output: readonly Day[] };
  /** `after`: the `next` of the page before. */
  moments: {
    input: Span & { readonly after?: number };
    output: { readonly moments: readonly Moment[]; readonly next?: number };
  };
  pictures: { input: Span & { readonly most: number }; output: readonly Picture[] };
  /** A JPEG as a data URL; null when it is gone. */
  picture: { input: { readonly id: number }; output: string | null };
  curve: { input: Span & { readonly pieces: number }; output: readonly CurvePoint[] };
  /** What it would have said in the last ten minutes under another theta (null: the bundle's), and else as it is set. */
  rehearse: { input: { readonly theta: number | null }; output: Rehearsed };
  gaps: { input: Span; output: readonly GapSpan[] };
  search: { input: SearchInput; output: readonly Moment[] };
  recap: { input: Span; output: string };
  forget: { input: Span; output: Forgotten };
  export: {
    input: Span & { readonly format: 'srt' | 'vtt' | 'md' };
    output: { readonly name: string; readonly text: string };
  };

  /** Opens another of the program's windows; in the browser a tab. `at`: the wall clock the timeline is to show. */
  open: { input: { readonly window: WindowName; readonly at?: number }; output: null };
}

export type WindowName = 'overlay' | 'timeline' | 'settings' | 'welcome';
export type RequestName = keyof Requests;

/** A failure the user can act on crosses as data; a defect arrives with the code `defect`. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** What the window is given. */
export interface Bridge {
  readonly shell: 'electron' | 'browser';
  request<Name extends RequestName>(
    name: Name,
    input: Requests[Name]['input'],
  ): Promise<Outcome<Requests[Name]['output']>>;
  /** Returns what ends the subscription. Whoever subscribes late asks `hello` first. */
  subscribe(listener: (news: News) => void): () => void;
}

// 2. What the window is told -----------------------------------------------------------------------------------------

export type News =
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'settings'; readonly settings: Settings }
  /** One for each decision. */
  | {
      readonly type: 'frame';
      readonly at: number;
      readonly t: number;
      readonly pSilent: number;
      readonly reason: string;
      readonly latencyMs: number;
    }
  /** Word by word: the whole text so far; `done` closes it. An answer that is empty so far shows that it is being written. */
  | { readonly type: 'speech'; readonly speech: Speech }
  | { readonly type: 'gap'; readonly gap: GapSpan }
  /** A small JPEG of what is watched, as a data URL, at most one a second. */
  | { readonly type: 'preview'; readonly at: number; readonly jpeg: string }
  /** Shown once to the user: recording is paused, the engine was restarted, a shortcut is taken. */
  | { readonly type: 'notice'; readonly code: string; readonly message: string }
  /** A window waits for a recap of the span: which share (0..1) of it is done. */
  | { readonly type: 'recapping'; readonly span: Span; readonly share: number }
  /** The span was forgotten: what is shown of it goes. */
  | { readonly type: 'forgotten'; readonly span: Span };

export interface Hello {
  readonly version: string;
  readonly status: Status;
  readonly settings: Settings;
  /** What was said of late, oldest first. */
  readonly speeches: readonly Speech[];
  /** False until a source was chosen once: the window shows the first run. */
  readonly welcomed: boolean;
  /** A recording to try it on. */
  readonly sample: string;
  /** What is watched, as it was last told; null before there is a picture. */
  readonly preview: { readonly at: number; readonly jpeg: string } | null;
}

export interface Status {
  readonly state: 'idle' | 'starting' | 'watching' | 'paused' | 'stalled' | 'restarting' | 'failed';
  /** What is watched, or was last. */
  readonly source: string | null;
  readonly bundle: string;
  /** Wall clock of the last frame: what the tray's colour is made of. Null before the first. */
  readonly lastFrameAt: number | null;
  /** Below it the model speaks. */
  readonly theta: number;
  readonly pausedUntil: number | null;
  readonly snoozedUntil: number | null;
  /** Something on the screen is hidden from the encoder. */
  readonly filtering: boolean;
  /** Whether it looks less often, to save power: by the profile, and whether the machine runs on its battery. */
  readonly saving?: boolean;
  /** Whether what is seen goes to the memory. */
  readonly remembering: boolean;
  /** Why it failed, in a sentence. */
  readonly message: string | null;
  /** The code of that failure, such as "source-lost"; the window has words for it in its language. */
  readonly code?: string | null;
}

export interface Speech {
  /** Grows with time; a speech with a known id replaces that one. */
  readonly id: number;
  readonly kind: 'narration' | 'answer';
  readonly at: number;
  /** Media time in seconds. */
  readonly t: number;
  readonly text: string;
  readonly query?: string;
  readonly pSilent?: number;
  readonly done: boolean;
  /** What an answer rests on. */
  readonly moments?: readonly Moment[];
}

// 3. What they speak about -------------------------------------------------------------------------------------------

/** Shares of a screen, 0..1. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SourceChoice {
  /** As `onlooker narrate` takes it. */
  readonly source: string;
  readonly kind: 'screen' | 'window' | 'camera' | 'recording';
  readonly name: string;
}

export interface BundleChoice {
  readonly name: string;
  readonly version: string;
  /** What it cannot do, in English. */
  readonly limits: string;
  /** The same in other languages, by tag; not every bundle has them. */
  readonly limitsIn: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly text: string;
  readonly from: 'live' | 'memory';
  readonly moments: readonly Moment[];
}

export interface Utterance {
  readonly t: number;
  readonly at: number;
  /** A picture has words for what it seems to show; nobody said them. */
  readonly kind: 'narration' | 'answer' | 'picture';
  readonly query?: string;
  readonly text: string;
}

export interface Moment {
  readonly session: number;
  readonly source: string;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly utterances: readonly Utterance[];
  readonly matched: readonly (
    | { readonly in: string; readonly words: readonly string[] }
    | { readonly in: 'picture'; readonly likeness: number }
  )[];
}

export interface Day {
  readonly at: number;
  readonly frames: number;
  readonly utterances: number;
}

export interface Picture {
  readonly id: number;
  readonly session: number;
  readonly t: number;
  readonly at: number;
  readonly width: number;
  readonly height: number;
}

export interface CurvePoint {
  readonly at: number;
  readonly least: number;
  readonly mean: number;
  readonly changed: boolean;
}

/** What is looked for; what is left out restricts nothing. */
export interface SearchInput extends Partial<Span> {
  readonly text: string;
  readonly limit: number;
  /** Looks in questions and answers as well; default only in what was narrated. */
  readonly answers?: boolean;
  /** "2026-05-01", "today", "yesterday": in place of the span. */
  readonly day?: string;
  /** A part of a source's name; case does not matter. */
  readonly source?: string;
  /** A kind of program as narrations call it, such as "web browser": only what is near a narration that names it. */
  readonly app?: string;
}

/** Wall clocks in order; empty while nothing was watched of late. */
export interface Rehearsed {
  readonly points: readonly { readonly at: number; readonly pSilent: number }[];
  /** What p(silence) is compared with: the theta asked about, moved by the chattiness. */
  readonly theta: number;
  /** When it would have spoken. */
  readonly spoken: readonly number[];
}

export interface GapSpan extends Span {
  readonly reason: string;
}

export interface Forgotten {
  readonly frames: number;
  readonly utterances: number;
  readonly thumbnails: number;
}

export type Language = 'en' | 'ko' | 'ja' | 'zh';

/** All that can be set. Every change takes effect at once. */
export interface Settings {
  /** Watched at start; null: nothing was chosen yet. */
  readonly source: string | null;
  readonly bundle: string;
  /** Standing instruction; null: the bundle's own. */
  readonly instruction: string | null;
  /** Null: the bundle's. */
  readonly theta: number | null;
  readonly chattiness: 0 | 1 | 2 | 3 | 4;
  /** Of the interface; null: the system's. */
  readonly language: Language | null;
  /** Keeps what is seen and said. Null: nobody has been asked yet, and nothing is kept. */
  readonly remember: boolean | null;
  readonly keepDays: number;
  readonly keepGb: number;
  /** Reads what it says aloud, with the system's voices. */
  readonly voice: boolean;
  readonly textSize: 'small' | 'medium' | 'large';
  readonly theme: 'system' | 'light' | 'dark';
  /** More of it, or less, also where the system has no such switch. */
  readonly contrast: 'system' | 'more';
  readonly motion: 'system' | 'less';
  readonly clickThrough: boolean;
  /** Never shown to the encoder, by name of application or title of window; case-insensitive, anywhere in it. */
  readonly hiddenApps: readonly string[];
  readonly hiddenTitles: readonly string[];
  readonly hidePrivateBrowsing: boolean;
  /** What cannot be told is hidden as well. */
  readonly strictPrivacy: boolean;
  /** Says nothing while a presentation or a call goes on. */
  readonly quietInCalls: boolean;
  readonly startAtLogin: boolean;
  /** Looks at every picture; at half of them while on battery; always at half of them. */
  readonly profile: 'full' | 'balanced' | 'battery';
  /** A text file that follows the narration, for OBS; null: none. */
  readonly textFile: string | null;
  /**
   * Who writes answers about the past and recaps: a GGUF file (`url` null), or the model of that name at an endpoint that
   * speaks OpenAI's chat completions, to which the texts found are sent. Null: nobody, they are told as they were said.
   */
  readonly chat: { readonly model: string; readonly url: string | null } | null;
  /** obs-websocket, such as "ws://127.0.0.1:4455"; null: off. */
  readonly obs: { readonly url: string; readonly password: string } | null;
  /** Whether programs may watch screens, windows and `source` through MCP; the rules of privacy hold for them, too. */
  readonly mcpMayWatch: boolean;
  /** Sources, and folders of recordings, that they may watch in any case. */
  readonly mcpSources: readonly string[];
  /** Accelerators in Electron's notation. */
  readonly shortcuts: { readonly ask: string; readonly pause: string; readonly overlay: string };
}
