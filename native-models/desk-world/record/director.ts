import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { titleText } from '../readable.ts';
import type { App, DialogKind, EventKind, Subject } from '../vocabulary.ts';
import { type Annotation, annotate } from './annotation.ts';
import type { OwnedProcess } from './owned-process.ts';
import { Pointer } from './pointer.ts';
import { type Box, fps, type ScreenRecording } from './screen-recording.ts';
import type { VirtualDisplay } from './virtual-display.ts';
import { newWindow, visibleWindows, windowBox, windowTitle } from './windows.ts';

/** How a program is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** What can be read in its window, without the title. */
  readonly texts?: readonly string[];
  /** True when its window has no title bar. */
  readonly untitled?: boolean;
}

export interface Window<S = App> {
  readonly id: string;
  readonly subject: S;
  readonly process: OwnedProcess;
  readonly untitled: boolean;
  box: Box;
  minimised: boolean;
  maximised: boolean;
}
export type Dialog = Window<DialogKind>;

/** Share of a window that changes when it appears, goes or comes to the front. */
const much = 0.04;
/** Share that changes when something in it does; above a blinking cursor in all but tiny windows. */
const little = 0.002;

/**
 * Acts on a recorded desktop as a user would and notes what can then be seen, at the frame that first shows it. An
 * action without a visible effect leaves no note. Each method returns when its effect is over.
 */
export class Director {
  readonly notes: Annotation[] = [];
  readonly pointer: Pointer;
  readonly display: VirtualDisplay;
  readonly screen: ScreenRecording;
  readonly #video: string;

  constructor(display: VirtualDisplay, screen: ScreenRecording, video: string, random: Random) {
    this.display = display;
    this.screen = screen;
    this.#video = video;
    this.pointer = new Pointer(display, random);
  }

  #note(
    frame: number | undefined,
    kind: EventKind,
    subject: Subject | null,
    shown: readonly (string | undefined)[] = [],
  ): boolean {
    if (frame === undefined) return false;
    const texts = shown.filter((text) => text !== undefined);
    this.notes.push(annotate(this.#video, frame / fps, kind, subject, texts));
    return true;
  }

  /** The title that can be read over a window; undefined where it has no title bar. */
  async #title({ id, untitled = false }: { readonly id: string; readonly untitled?: boolean }) {
    return untitled || this.display.windowManager === 'none' ? undefined : await windowTitle(this.display, id);
  }

  /** What the title over a window says of its contents. */
  async #document(window: Window): Promise<string | undefined> {
    const title = await this.#title(window);
    return title && titleText(title);
  }

  /** The first frame that shows an effect on `box`, looked for over at most `seconds` from frame `from` on. */
  async #effect(from: number, box: Box, share: number, seconds = 4): Promise<number | undefined> {
    const limit = from + seconds * fps;
    for (let at = from; at < limit; at = this.screen.length) {
      await this.screen.reach(at + 2);
      const frame = this.screen.firstChange({ from: at, box, share });
      if (frame !== undefined) return frame;
    }
    return undefined;
  }

  /** Seconds of recording from that frame to now. */
  #since(frame: number): number {
    return (this.screen.now - frame) / fps;
  }

  /** The first frame without a window. Its title bar may change shortly before, and what is beneath look much alike. */
  async #gone(from: number, box: Box): Promise<number | undefined> {
    return (await this.#effect(from, box, 0.15, 2)) ?? (await this.#effect(from, box, much, 2));
  }

  async #appear<S>(launch: Launch, subject: S): Promise<{ window: Window<S>; from: number } | undefined> {
    const known = await visibleWindows(this.display);
    const from = this.screen.now;
    const process = this.display.launch(launch.command, launch.args, { graceMs: 800 });
    const shown = await newWindow(this.display, known);
    if (!shown) {
      await process[Symbol.asyncDispose]();
      return undefined;
    }
    return {
      window: { ...shown, subject, process, untitled: launch.untitled ?? false, minimised: false, maximised: false },
      from,
    };
  }

  /** Undefined when no window came. */
  async open(launch: Launch, subject: App): Promise<Window | undefined> {
    const opened = await this.#appear(launch, subject);
    if (!opened) return undefined;
    const { window, from } = opened;
    const frame = await this.#effect(from, framed(window.box), much, this.#since(from) + 2.5);
    await this.#settle(window);
    this.#note(frame, 'app-opened', subject, [await this.#document(window)]);
    return window;
  }

  async openDialog(launch: Launch, subject: DialogKind): Promise<Dialog | undefined> {
    const opened = await this.#appear(launch, subject);
    if (!opened) return undefined;
    const { window, from } = opened;
    const frame = await this.#effect(from, framed(window.box), much, this.#since(from) + 2.5);
    await this.#settle(window);
    this.#note(frame, 'dialog-opened', subject, [await this.#title(window), ...(launch.texts ?? [])]);
    return window;
  }

  /** Waits until a window has finished drawing; some programs also move or grow while they start. */
  async #settle(window: Window<unknown>): Promise<void> {
    await this.screen.settle(2, window.box);
    window.box = (await windowBox(this.display, window.id)) ?? window.box;
  }

  /** Reaches for the corner with the button and ends the program, as its close button does. */
  async close(window: Window): Promise<void> {
    const { x, y, width } = window.box;
    await this.pointer.to(x + width - 12, y - 10);
    const from = this.screen.now;
    await window.process[Symbol.asyncDispose]();
    if (!window.minimised) this.#note(await this.#gone(from, window.box), 'app-closed', window.subject);
    await this.screen.settle(1.5);
  }

  /** Presses one of its buttons (they are at the bottom right), which ends it. */
  async closeDialog(dialog: Dialog): Promise<void> {
    const { x, y, width, height } = dialog.box;
    await this.pointer.to(x + width - 50, y + height - 24);
    const from = this.screen.now;
    await dialog.process[Symbol.asyncDispose]();
    this.#note(await this.#gone(from, dialog.box), 'dialog-closed', dialog.subject);
    await this.screen.settle(1.5);
  }

  /** The program's own dialog, asked for with Ctrl+O and put away with Escape. */
  async fileDialogOf(window: Window, seconds: number): Promise<void> {
    await this.focus(window);
    const known = await visibleWindows(this.display);
    const from = this.screen.now;
    await this.press('ctrl+o');
    const shown = await newWindow(this.display, known, 3);
    if (!shown) return;
    const frame = await this.#effect(from, framed(shown.box), much, this.#since(from) + 2.5);
    this.#note(frame, 'dialog-opened', 'file', [await this.#title(shown)]);
    await this.screen.wait(seconds);
    const closing = this.screen.now;
    await this.press('Escape');
    this.#note(await this.#gone(closing, shown.box), 'dialog-closed', 'file');
    await this.screen.settle(1.5);
  }

  /** A progress bar that lasts until its program ends by itself. */
  async progress(launch: Launch): Promise<void> {
    const opened = await this.#appear(launch, null);
    if (!opened) return;
    const { window, from } = opened;
    const frame = await this.#effect(from, framed(window.box), much, this.#since(from) + 2.5);
    this.#note(frame, 'progress-started', null, [await this.#title(window), ...(launch.texts ?? [])]);
    await window.process.ended;
    const ended = this.screen.now - fps;
    this.#note(await this.#effect(ended, window.box, 0.1), 'progress-finished', null);
    await this.screen.settle(1.5);
  }

  /** Gives a window the keyboard; one that lies free does not visibly come to the front by it. */
  async focus(window: Window<unknown>): Promise<void> {
    if ((await this.display.run('xdotool', ['windowactivate', '--sync', window.id])) === undefined) {
      await this.display.run('xdotool', ['windowraise', window.id, 'windowfocus', window.id]);
    }
    await this.screen.wait(0.4);
  }

  /** Brings a covered or minimised window to the front. */
  async switchTo(window: Window): Promise<void> {
    const from = this.screen.now;
    await this.display.run('xdotool', ['windowmap', window.id]);
    await this.focus(window);
    const frame = await this.#effect(from, window.box, much);
    this.#note(frame, 'app-switched', window.subject, [await this.#document(window)]);
    window.minimised = false;
    await this.screen.settle(1.5);
  }

  async minimise(window: Window): Promise<void> {
    await this.pointer.to(window.box.x + window.box.width - 50, window.box.y - 10);
    const from = this.screen.now;
    await this.display.run('xdotool', ['windowminimize', window.id]);
    window.minimised = this.#note(await this.#effect(from, window.box, much), 'window-minimised', window.subject);
    await this.screen.settle(1.5);
  }

  async maximise(window: Window): Promise<void> {
    await this.pointer.to(window.box.x + window.box.width - 30, window.box.y - 10);
    const from = this.screen.now;
    await this.display.run('wmctrl', ['-i', '-r', window.id, '-b', 'add,maximized_vert,maximized_horz']);
    await this.screen.wait(0.5);
    const box = (await windowBox(this.display, window.id)) ?? window.box;
    if (box.width * box.height > window.box.width * window.box.height * 1.15) {
      this.#note(await this.#effect(from, box, much), 'window-maximised', window.subject);
      window.maximised = true;
    }
    await this.#settle(window);
  }

  /** Drags a window, its title bar under the pointer, to where its inside begins at (x, y). */
  async move(window: Window, x: number, y: number): Promise<void> {
    const { box } = window;
    const grip = { x: box.width * 0.4, y: -10 };
    await this.pointer.to(box.x + grip.x, box.y + grip.y);
    const before = await windowBox(this.display, window.id);
    const from = this.screen.now;
    const steps = 9;
    for (let step = 1; step <= steps; step += 1) {
      const at = { x: box.x + ((x - box.x) * step) / steps, y: box.y + ((y - box.y) * step) / steps };
      const moves = [
        ['windowmove', window.id, at.x, at.y],
        ['mousemove', at.x + grip.x, at.y + grip.y],
      ];
      await this.display.run(
        'xdotool',
        moves.flat().map((part) => String(typeof part === 'number' ? Math.round(part) : part)),
      );
      await sleep(50);
    }
    const after = await windowBox(this.display, window.id);
    if (before && after && Math.hypot(after.x - before.x, after.y - before.y) > 30) {
      this.#note(await this.#effect(from, box, much), 'window-moved', window.subject);
    }
    await this.#settle(window);
  }

  /** Types without being an event in itself: too short a burst. */
  async keys(text: string, delayMs = 70): Promise<void> {
    for (const [n, line] of text.split('\n').entries()) {
      if (n > 0) await this.press('Return');
      // xdotool waits half of its delay after each key
      if (line) await this.display.run('xdotool', ['type', '--delay', String(2 * delayMs), '--', line]);
    }
  }

  async press(...keys: string[]): Promise<void> {
    await this.display.run('xdotool', ['key', '--clearmodifiers', ...keys]);
  }

  /** A burst of typing (the text should take 3 s or more); returns after the 2 s of rest that end it. */
  async type(window: Window, text: string, delayMs: number): Promise<void> {
    await this.focus(window);
    const from = this.screen.now;
    await this.keys(text, delayMs);
    const last = this.screen.now;
    await this.screen.wait(0.3);
    const first = this.screen.firstChange({ from, to: last, box: window.box });
    // a cursor that blinks later is not a key
    const end = this.screen.lastChange({ from: last - 10, to: last + 1, box: window.box }) ?? last;
    await this.screen.wait(2.2);
    if (this.#note(first, 'typing-started', window.subject)) {
      this.#note(end + 2 * fps, 'typing-stopped', window.subject);
    }
  }

  /** Turns the wheel over a window. A turn at which nothing moves on is at the end of the text. */
  async scroll(window: Window, turns: number, delayMs: number, up = false): Promise<void> {
    const { x, y, width, height } = window.box;
    await this.pointer.to(x + width * 0.5, y + height * 0.55);
    await this.screen.wait(0.3);
    const from = this.screen.now;
    const button = up ? '4' : '5';
    await this.display.run('xdotool', ['click', '--repeat', String(turns), '--delay', String(delayMs), button]);
    await this.screen.wait(0.6);
    const first = this.screen.firstChange({ from, box: window.box, share: little });
    const last = this.screen.lastChange({ from, box: window.box, share: little });
    if (first === undefined || last === undefined) return;
    this.#note(first, 'scrolling-started', window.subject);
    this.#note(Math.max(last, first + fps / 2), 'scrolling-stopped', window.subject);
  }

  /**
   * Types a command and lets it run (3 s or more, 20 at most) until the file it leaves behind is there. `last`: what
   * it prints at the end.
   */
  async command(terminal: Window, line: string, finished: () => boolean, last?: string): Promise<void> {
    await this.focus(terminal);
    await this.press('ctrl+u'); // what was typed before is no part of it
    await this.keys(line);
    await this.screen.wait(0.8);
    const from = this.screen.now;
    await this.press('Return');
    const limit = from + 20 * fps;
    while (!finished() && this.screen.now < limit) await this.screen.wait(0.2);
    await this.screen.wait(0.4);
    const first = this.screen.firstChange({ from, box: terminal.box });
    const end = this.screen.lastChange({ from, box: terminal.box });
    if (first === undefined || end === undefined || end - first < 3 * fps) return;
    this.#note(first, 'command-started', null, [line]);
    this.#note(end, 'command-finished', null, [last]);
  }

  /** Another picture or page in the same window. */
  async turnPage(window: Window, turn: () => Promise<void>): Promise<void> {
    const { x, y, width, height } = window.box;
    // bars with addresses and buttons are above the page
    const page = { x, y: y + height * 0.2, width, height: height * 0.8 };
    await this.screen.wait(0.5);
    const before = await this.#document(window);
    const from = this.screen.now;
    await turn();
    const frame = await this.#effect(from, page, 0.02);
    await this.screen.settle(2, window.box);
    const now = await this.#document(window);
    // A document keeps its title, whatever page of it is shown.
    this.#note(frame, 'page-loaded', window.subject, now === before ? [] : [now]);
  }

  /** Starts a film that stands ready in the window, and stops it again. */
  async play(window: Window, seconds: number, toggle: () => Promise<void>): Promise<void> {
    await this.focus(window);
    const from = this.screen.now;
    await toggle();
    const first = await this.#effect(from, window.box, little);
    await this.screen.wait(seconds);
    await toggle();
    await this.screen.wait(0.8);
    const last = this.screen.lastChange({ from, box: window.box, share: little });
    if (this.#note(first, 'video-started', null)) this.#note(last, 'video-stopped', null);
  }

  /** Opens a menu at the pointer or by keys, lets it be seen, and closes it with Escape. */
  async menu(box: Box, open: () => Promise<void>, seconds: number): Promise<void> {
    const from = this.screen.now;
    await open();
    const shown = await this.#effect(from, box, 0.01);
    if (!this.#note(shown, 'menu-opened', null)) return this.press('Escape');
    await this.screen.wait(seconds);
    const closing = this.screen.now;
    await this.press('Escape');
    this.#note(await this.#effect(closing, box, 0.01), 'menu-closed', null);
  }

  async notify(title: string, body: string, icon: string): Promise<void> {
    const from = this.screen.now;
    await this.display.run('notify-send', ['-i', icon, title, body]);
    const whole = { x: 0, y: 0, width: this.display.width, height: this.display.height };
    this.#note(await this.#effect(from, whole, 0.008), 'notification-shown', null, [title, body]);
  }
}

/** A window with the frame that most window managers put around it. */
function framed({ x, y, width, height }: Box): Box {
  return { x: x - 4, y: y - 24, width: width + 8, height: height + 28 };
}
