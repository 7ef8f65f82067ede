/** What goes on over many frames: typing, scrolling, videos, commands and progress bars, and how each of them ends. */
import type { Activity, Shown } from './moves.ts';
import type { AppWindow, Win } from './scene.ts';
import type { EventKind, Subject } from './vocabulary.ts';
import type { World } from './world.ts';

/** Something going on: moved once a frame, from the frame it began in. */
export interface Running {
  /** The frame of the event that ends it. */
  end: number;
  kind: EventKind;
  subject: Subject | null;
  /** What its end can be read in. */
  of?: Shown;
  /** Nothing else may happen until it ends. */
  exclusive: boolean;
  typing: boolean;
  scrolling: boolean;
  step(frame: number): void;
}

/** Frames between the last key and "typing stopped": two seconds. */
const PAUSE = 4;

/** @param taken frames in which something else ends: nothing ends at the same time */
export function start(world: World, activity: Activity, frame: number, taken: readonly number[]): Running {
  const lasting = (least: number, most: number) => {
    let end = frame + world.r.int(least, most);
    while (taken.some((other) => Math.abs(other - end) < 3)) end++;
    return end;
  };
  switch (activity.kind) {
    case 'typing':
      return typing(world, activity.win, frame);
    case 'scrolling':
      return scrolling(world, activity.win, frame);
    case 'video':
      return video(activity.win, lasting(7, 44));
    case 'command':
      return command(world, activity.win, lasting(6, 36));
    case 'progress':
      return progress(world, activity.win, frame, lasting(6, 40));
  }
}

const calm = { exclusive: false, typing: false, scrolling: false };

/** Puts the caret where it can be seen. */
export function focus(world: World, win: AppWindow): void {
  if (win.subject === 'terminal' || win.subject === 'chat') win.scroll = 0;
  const offset = win.caret - win.scroll;
  if (win.typed > 0 && offset > 0 && offset < win.h * 0.6) return;
  win.typed = 0;
  win.caret = win.scroll + win.h * world.r.between(0.08, 0.5);
}

function typing(world: World, win: AppWindow, frame: number): Running {
  const { r } = world;
  focus(world, win);
  const last = frame + r.int(6, 20);
  const speed = r.between(1.5, 6);
  const running: Running = {
    ...calm,
    end: last + PAUSE,
    kind: 'typing-stopped',
    subject: win.subject,
    exclusive: true,
    typing: true,
    step(now) {
      running.typing = now <= last;
      if (running.typing) win.typed += now === frame || r.chance(0.93) ? Math.ceil(speed * r.between(0.5, 1.5)) : 0;
    },
  };
  return running;
}

/** How far each kind of application can be scrolled. */
const LONGEST: Partial<Record<string, number>> = {
  files: 500,
  settings: 500,
  spreadsheet: 1000,
  terminal: 300,
  chat: 900,
  browser: 800,
};

function scrolling(world: World, win: AppWindow, frame: number): Running {
  const { r } = world;
  const longest = LONGEST[win.subject] ?? 2500;
  const end = frame + r.int(3, 12);
  const speed = (r.between(25, 260) * Math.min(longest, 1500)) / 1500 + 12;
  let down = win.scroll < longest / 2;
  const running: Running = {
    ...calm,
    end,
    kind: 'scrolling-stopped',
    subject: win.subject,
    exclusive: true,
    scrolling: true,
    step(now) {
      running.scrolling = now <= end;
      const by = speed * r.between(0.5, 1.5);
      if (win.scroll + by > longest) down = false;
      else if (win.scroll - by < 0) down = true;
      win.scroll = Math.round(win.scroll + (down ? by : -by));
    },
  };
  return running;
}

function video(win: Win, end: number): Running {
  win.playing = true;
  return {
    ...calm,
    end,
    kind: 'video-stopped',
    subject: null,
    step(now) {
      win.videoTime += 0.5;
      if (now >= end) win.playing = false;
    },
  };
}

function command(world: World, win: Win, end: number): Running {
  const { r } = world;
  win.run = { mode: r.pick(['lines', 'lines', 'percent', 'dots', 'table'] as const), k: 0 };
  win.lines += 1;
  win.typed = 0;
  win.scroll = 0;
  const speed = r.between(1, 9);
  return {
    ...calm,
    end,
    kind: 'command-finished',
    subject: null,
    of: win.id,
    step(now) {
      if (!win.run) return;
      if (now >= end) {
        win.lines += win.run.mode === 'lines' ? 1 : 2;
        win.run = null;
        return;
      }
      win.run = { mode: win.run.mode, k: win.run.k + 1 };
      if (win.run.mode === 'lines') win.lines += Math.ceil(speed * r.between(0.3, 1.6));
    },
  };
}

function progress(world: World, win: Win, frame: number, end: number): Running {
  const { r } = world;
  win.progress = 0;
  const bend = r.between(0.6, 1.6);
  const most = r.between(0.8, 0.92);
  const stays = r.chance(0.2) ? r.int(1, 3) : 0;
  return {
    ...calm,
    end,
    kind: 'progress-finished',
    subject: null,
    step(now) {
      if (now < end) {
        win.progress = Math.min(most, ((now - frame) / (end - frame)) ** bend + 0.01);
        return;
      }
      win.progress = 1;
      world.after(stays, () => {
        win.progress = null;
        if (win.role === 'progress') world.remove(win);
      });
    },
  };
}
