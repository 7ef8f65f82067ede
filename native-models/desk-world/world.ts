/** The desktop as it stands: its windows in order, and geometry. */
import type { Random } from './random.ts';
import type { AppWindow, DialogWindow, Menu, Notification, Point, ProgressWindow, Rect, Task, Win } from './scene.ts';
import type { Style } from './style.ts';
import { APPS, type App, type DialogKind, nameOf } from './vocabulary.ts';

const TITLES: Partial<Record<App, readonly string[]>> = {
  terminal: ['Terminal', 'xterm', 'user@host: ~', 'Konsole', '터미널'],
  editor: ['notes.txt', 'main.c - Editor', 'untitled', 'index.ts', '메모장'],
  browser: ['Web Browser', 'Home - Browser', 'Search', 'News'],
  files: ['Files', 'Home', 'Downloads', '문서'],
};

export class World {
  /** Back to front: applications first, then progress windows, then dialogs. */
  windows: Win[] = [];
  /** Entries in the panel of windows that were minimised. */
  readonly minimised: Task[] = [];
  menu: Menu | null = null;
  notification: Notification | null = null;
  blank: string | null = null;
  readonly #later: { frames: number; run: () => void }[] = [];
  readonly r: Random;
  readonly style: Style;
  #nextId = 1;

  constructor(r: Random, style: Style) {
    this.r = r;
    this.style = style;
  }

  get apps(): AppWindow[] {
    return this.windows.filter((win) => win.role === 'app');
  }

  get front(): AppWindow | undefined {
    return this.apps.at(-1);
  }

  get dialog(): DialogWindow | undefined {
    return this.windows.findLast((win) => win.role === 'dialog');
  }

  get progress(): ProgressWindow | undefined {
    return this.windows.findLast((win) => win.role === 'progress');
  }

  /** Where a maximised window goes. */
  get workArea(): Rect {
    const { width, height, panel, fontSize } = this.style;
    const top = panel.dock ? fontSize * 1.9 : panel.side === 'top' ? panel.size : 0;
    const left = panel.side === 'left' ? panel.size : 0;
    const bottom = panel.side === 'bottom' ? panel.size : 0;
    return { x: left, y: top, w: width - left, h: height - top - bottom };
  }

  /** Does something a number of frames from now; 0 is now. */
  after(frames: number, run: () => void): void {
    if (frames <= 0) run();
    else this.#later.push({ frames, run });
  }

  /** One frame goes by. */
  tick(): void {
    for (const item of [...this.#later]) {
      if (--item.frames > 0) continue;
      this.#later.splice(this.#later.indexOf(item), 1);
      item.run();
    }
  }

  add<T extends Win>(win: T): T {
    const level = { app: 0, progress: 1, dialog: 2 };
    const above = this.windows.findIndex((other) => level[other.role] > level[win.role]);
    this.windows.splice(above < 0 ? this.windows.length : above, 0, win);
    return win;
  }

  remove(win: Win): void {
    this.windows = this.windows.filter((other) => other !== win);
  }

  raise(win: Win): void {
    this.remove(win);
    this.add(win);
  }

  #window(rect: Rect, title: string) {
    const r = this.r;
    return {
      ...rect,
      id: this.#nextId++,
      seed: r.int(0, 1e9),
      title,
      page: 0,
      scroll: 0,
      caret: 0,
      typed: 0,
      lines: 0,
      run: null,
      playing: false,
      videoTime: 0,
      progress: null,
      active: false,
      dark: r.chance(0.85) ? this.style.dark : !this.style.dark,
      zoom: r.chance(0.75) ? 1 : r.between(0.85, 1.35),
      maximised: false,
      bare: false,
      blink: false,
      hover: -1,
      loading: false,
      watch: false,
      compose: false,
      spinner: false,
      shrink: 0,
      shrinkY: this.style.panel.side === 'top' ? -1 : 1,
    };
  }

  makeApp(subject: App = this.#anyApp()): AppWindow {
    const r = this.r;
    const maximised = r.chance(0.2);
    const rect = maximised ? this.workArea : this.#place(subject);
    const title = r.pick(
      TITLES[subject] ?? [nameOf(subject), 'Untitled', `Document ${r.int(1, 9)}`, '새 창', 'My Work'],
    );
    return {
      ...this.#window(rect, title),
      role: 'app',
      subject,
      maximised,
      bare: r.chance(subject === 'other' || subject === 'video' ? 0.12 : 0.03),
      lines: subject === 'terminal' ? r.int(0, 30) : r.int(5, 40),
      videoTime: r.between(0, 60),
      watch: subject === 'browser' && r.chance(0.25),
      compose: subject === 'mail' && r.chance(0.25),
      spinner: r.chance(0.06),
    };
  }

  #anyApp(): App {
    const open = new Set(this.apps.map((win) => win.subject));
    const free = APPS.filter((app) => !open.has(app) || this.r.chance(0.15));
    return this.r.chance(0.35)
      ? this.r.pick(['terminal', 'terminal', 'video', 'video', 'browser', 'editor'] as const)
      : this.r.pick(free);
  }

  #place(subject: App): Rect {
    const r = this.r;
    const area = this.workArea;
    if (r.chance(0.12)) {
      const half = Math.floor(area.w / 2);
      return { ...area, x: area.x + (r.chance(0.5) ? half : 0), w: half };
    }
    const small = subject === 'other' || subject === 'terminal' ? 0.22 : 0.3;
    const w = Math.round(Math.max(260, area.w * r.between(small, 0.85)));
    const h = Math.round(Math.max(190, area.h * r.between(small + 0.05, 0.88)));
    return { ...this.randomSpot(w, h), w, h };
  }

  /** A place for something of this size, inside the work area. */
  randomSpot(w: number, h: number): Point {
    const area = this.workArea;
    return {
      x: Math.round(area.x + this.r.next() * Math.max(0, area.w - w)),
      y: Math.round(area.y + this.r.next() * Math.max(0, area.h - h)),
    };
  }

  /** A dialog over the front window or in the middle of the display. */
  makeDialog(subject: DialogKind): DialogWindow {
    const { r, style } = this;
    const u = style.fontSize;
    const w = Math.min(style.width * 0.8, Math.round(u * (subject === 'file' ? r.between(38, 60) : r.between(20, 40))));
    const h = Math.min(
      style.height * 0.8,
      Math.round(u * (subject === 'file' ? r.between(26, 40) : r.between(11, 18))),
    );
    const titles = { error: 'Error', warning: 'Warning', info: 'Information', question: 'Question', file: 'Open File' };
    const win = this.#window({ ...this.#over(w, h), w, h }, r.chance(0.7) ? titles[subject] : nameOf(subject));
    return { ...win, role: 'dialog', subject, bare: r.chance(0.12), zoom: 1 };
  }

  makeProgress(): ProgressWindow {
    const { r, style } = this;
    const w = Math.min(style.width * 0.8, Math.round(style.fontSize * r.between(20, 40)));
    const h = Math.round(style.fontSize * r.between(7, 13));
    const title = r.pick(['Copying files', 'Installing', 'Download', '복사 중', 'Progress', 'Updating']);
    return {
      ...this.#window({ ...this.#over(w, h), w, h }, title),
      role: 'progress',
      subject: 'progress',
      progress: 0,
      zoom: 1,
    };
  }

  #over(w: number, h: number): Point {
    const { r, style, front } = this;
    if (r.chance(0.2)) return this.randomSpot(w, h);
    const base = front && r.chance(0.65) ? front : { x: 0, y: 0, w: style.width, h: style.height };
    const clamp = (value: number, most: number) => Math.round(Math.min(Math.max(0, value), Math.max(0, most)));
    return {
      x: clamp(base.x + (base.w - w) / 2 + r.between(-20, 20), style.width - w),
      y: clamp(base.y + (base.h - h) * r.between(0.3, 0.55), style.height - h),
    };
  }

  /** The topmost window at a point. */
  topAt(x: number, y: number): Win | undefined {
    return this.windows.findLast((win) => x >= win.x && x < win.x + win.w && y >= win.y && y < win.y + win.h);
  }

  /** The share of a window that no other window covers, 0..1. */
  visible(win: Win): number {
    let seen = 0;
    for (let i = 0; i < 80; i++) {
      const x = win.x + (win.w * ((i % 10) + 0.5)) / 10;
      const y = win.y + (win.h * (Math.floor(i / 10) + 0.5)) / 8;
      if (this.topAt(x, y) === win) seen++;
    }
    return seen / 80;
  }

  /** Whether all that is going on (a video, a command, a progress bar) can still be seen. */
  get activitySeen(): boolean {
    return this.windows.every((win) => !(win.playing || win.run || win.progress !== null) || this.visible(win) > 0.6);
  }
}
