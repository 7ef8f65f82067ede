/** What is drawn: plain descriptions that go to the page as JSON. Lengths are pixels of the simulated display. */
import type { App, DialogKind } from './vocabulary.ts';

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A running command: how its output looks, and how many frames of it there were. */
export interface Run {
  mode: 'lines' | 'percent' | 'dots' | 'table';
  k: number;
}

interface WindowState extends Rect {
  id: number;
  /** Decides all that the window shows, together with `page`. */
  seed: number;
  title: string;
  /** Which page, picture, slide or document is shown. */
  page: number;
  scroll: number;
  /** Where in the content typed text goes, from the top of the document. */
  caret: number;
  /** Characters typed so far. */
  typed: number;
  /** Lines of terminal output, or chat messages, so far. */
  lines: number;
  run: Run | null;
  playing: boolean;
  videoTime: number;
  /** 0..1, or null where there is no progress bar. */
  progress: number | null;
  active: boolean;
  dark: boolean;
  /** Size of the text, relative to the desktop's. */
  zoom: number;
  maximised: boolean;
  /** Without a frame. */
  bare: boolean;
  /** The text cursor is shown in this frame. */
  blink: boolean;
  hover: number;
  /** A page that has not been drawn yet. */
  loading: boolean;
  /** A browser showing a page with a video. */
  watch: boolean;
  compose: boolean;
  spinner: boolean;
  /** 0 = as it is; towards 1 while the window shrinks away. */
  shrink: number;
  /** 1 = it shrinks downwards, -1 = upwards. */
  shrinkY: number;
}

export type AppWindow = WindowState & { role: 'app'; subject: App };
export type DialogWindow = WindowState & { role: 'dialog'; subject: DialogKind };
export type ProgressWindow = WindowState & { role: 'progress'; subject: 'progress' };
export type Win = AppWindow | DialogWindow | ProgressWindow;

export interface Task {
  subject: App;
  seed: number;
  title: string;
  active: boolean;
}

export interface Menu extends Rect {
  rows: number;
  seed: number;
  hover: number;
  icons: boolean;
  dark: boolean;
}

export interface Notification extends Rect {
  seed: number;
  dark: boolean;
  tinted: boolean;
}

/** One frame of one desktop. */
export interface Scene {
  /** Seconds of media time. */
  time: number;
  /** Back to front. */
  windows: Win[];
  tasks: Task[];
  menu: Menu | null;
  notification: Notification | null;
  tooltip: (Point & { seed: number }) | null;
  pointer: Point;
  /** The colour of a blank screen, or null. */
  blank: string | null;
}
