/**
 * One stream, from a seed alone: what is drawn in every frame, what is true in it, and what happened.
 * Whoever has the same seed gets the same stream.
 */
import { type Running, start } from './activities.ts';
import { describe, type FrameState } from './describe.ts';
import { Distractors } from './distractors.ts';
import { MOVES, type Move, type Shown } from './moves.ts';
import { Random } from './random.ts';
import type { Scene } from './scene.ts';
import { chooseDisplay, chooseStyle, type Style } from './style.ts';
import { DIALOGS, type EventKind, type Subject, sentence } from './vocabulary.ts';
import { World } from './world.ts';

/** Frames a second of media time. */
export const FPS = 2;

export interface Happening {
  /** The first frame in which the change can be seen. */
  frame: number;
  kind: EventKind;
  subject: Subject | null;
  text: string;
  /** What it can be read in. */
  of?: Shown | undefined;
  /** What can be read with it and is worth repeating; known once it is drawn. */
  read?: string[];
}

export interface Scenario {
  style: Style;
  scenes: Scene[];
  states: FrameState[];
  events: Happening[];
}

const WEIGHTS: Partial<Record<EventKind, number>> = {
  'app-opened': 3.5,
  'app-closed': 1.8,
  'app-switched': 4,
  'dialog-opened': 2.4,
  'notification-shown': 1.5,
  'menu-opened': 1.5,
  'typing-started': 6,
  'scrolling-started': 4.5,
  'progress-started': 1.3,
  'video-started': 8,
  'command-started': 8,
  'page-loaded': 3,
  'window-maximised': 1.7,
  'window-minimised': 1,
  'window-moved': 2.2,
  'screen-blanked': 0.5,
};

/** Frames between two events, at least: 1.5 s. */
const APART = 3;

/** Beginnings of what has to go on for some frames to be an event. Where the stream ends before that, nobody can know, and they are none. */
const LASTING: ReadonlySet<EventKind> = new Set(['typing-started', 'command-started']);
const LEAST = 3 * FPS;

export function makeScenario(seed: number, frames: number, area?: number, display?: [number, number]): Scenario {
  const style = chooseStyle(new Random(seed, 'style'), area, display);
  const director = new Director(new Random(seed, 'events'), style, frames);
  const words = new Random(seed, 'captions');
  const [scenes, states]: [Scene[], FrameState[]] = [[], []];
  for (let frame = 0; frame < frames; frame++) {
    const scene = director.step(frame);
    scenes.push(scene);
    states.push(describe(director.world, director.activity, words, style, states.at(-1)));
  }
  const events = director.events.filter(({ kind, frame }) => !LASTING.has(kind) || frame + LEAST < frames);
  return { style, scenes, states, events };
}

/** Frames that go by on a desktop, at most, before it is shown as a still: windows have come and gone by then. */
const MOST = 40;

/** Another desktop in every frame, on the same display: where only what is to be seen matters, much is seen in little time. */
export function makeStills(seed: number, frames: number, area?: number): Scenario[] {
  const r = new Random(seed, 'stills');
  const display = chooseDisplay(r);
  return Array.from({ length: frames }, () => makeScenario(r.int(0, 2 ** 32 - 1), r.int(1, MOST), area, display));
}

class Director {
  readonly world: World;
  readonly events: Happening[] = [];
  readonly #distractors: Distractors;
  readonly #weights: Partial<Record<EventKind, number>> = {};
  readonly #uneventful: boolean;
  readonly #r: Random;
  #running: Running[] = [];
  #next: { frame: number; move: Move } | null = null;
  #nextFrame: number;
  #notificationUntil = 0;

  constructor(r: Random, style: Style, frames: number) {
    this.#r = r;
    this.world = new World(r, style);
    this.#uneventful = r.chance(0.08);
    for (const [kind, weight] of Object.entries(WEIGHTS)) this.#weights[kind as EventKind] = weight * r.between(0.4, 2);
    this.#nextFrame = this.#uneventful ? frames + 1000 : r.int(3, 12);
    this.#open();
    this.#distractors = new Distractors(this.world);
  }

  /** What is going on, for the description of a frame. */
  get activity(): { typing: boolean; scrolling: boolean } {
    return {
      typing: this.#distractors.keys > 0 || this.#running.some((item) => item.typing),
      scrolling: this.#running.some((item) => item.scrolling),
    };
  }

  /** The state a stream begins in: something may already be going on. */
  #open(): void {
    const { world } = this;
    const r = this.#r;
    for (let n = r.pick([0, 1, 1, 2, 2, 2, 3, 3]); n > 0; n--) world.add(world.makeApp());
    for (const win of world.apps) win.page = r.int(0, 20);
    if (this.#uneventful) return;
    if (r.chance(0.08)) world.add(world.makeDialog(r.pick(DIALOGS)));
    else if (r.chance(0.02)) world.blank = '#000';
    else if (r.chance(0.35)) {
      const kind = r.pick(['video-started', 'command-started', 'progress-started'] as const);
      const activity = MOVES[kind]?.(world)?.apply();
      if (activity) this.#running.push(start(world, activity, 0, []));
    }
  }

  /** Moves everything on by one frame and returns what is to be drawn. */
  step(frame: number): Scene {
    const { world } = this;
    world.tick();
    if (world.notification && frame >= this.#notificationUntil) world.notification = null;
    this.#plan(frame);
    if (this.#next?.frame === frame) {
      const { move } = this.#next;
      this.#next = null;
      const activity = move.apply();
      const ends = this.#running.map((item) => item.end);
      if (activity) this.#running.push(start(world, activity, frame, ends));
      if (move.kind === 'notification-shown') this.#notificationUntil = frame + this.#r.int(5, 12);
      this.#happened(frame, move);
    }
    for (const item of [...this.#running]) {
      item.step(frame);
      if (frame < item.end) continue;
      this.#happened(frame, item);
    }
    const active = world.dialog ?? world.front;
    for (const win of world.windows) win.active = win === active;
    const due = this.#next && { move: this.#next.move, frames: this.#next.frame - frame };
    const busy = this.#running.some((item) => item.exclusive);
    this.#distractors.step(frame, due, busy || (due !== null && due.frames < 3));
    return this.#scene(frame);
  }

  /** Notes an event and sets the time of the next one. */
  #happened(frame: number, { kind, subject, of }: Pick<Happening, 'kind' | 'subject' | 'of'>): void {
    this.events.push({ frame, kind, subject, text: sentence(kind, subject), of });
    const r = this.#r;
    this.#nextFrame = Math.max(this.#nextFrame, frame + (r.chance(0.07) ? r.int(20, 30) : r.int(APART, 11)));
    if (kind === 'menu-opened') this.#nextFrame = frame + r.int(APART, 7);
  }

  /** Decides what comes next, as soon as nothing else will happen before it. */
  #plan(frame: number): void {
    this.#running = this.#running.filter((item) => item.end >= frame);
    if (this.#next || this.#running.some((item) => item.exclusive)) return;
    const when = Math.max(this.#nextFrame, frame);
    const ends = this.#running.map((item) => item.end);
    if (ends.some((end) => end <= when + APART - 1)) {
      this.#nextFrame = Math.max(when, Math.min(...ends) + APART);
      return;
    }
    if (when - frame > 6) return;
    const move = this.#choose();
    if (!move) {
      this.#nextFrame = when + 2;
      return;
    }
    this.#next = { frame: when, move };
  }

  #choose(): Move | null {
    const { world } = this;
    const r = this.#r;
    if (world.blank) return MOVES['screen-unblanked']!(world);
    if (world.menu) return MOVES['menu-closed']!(world);
    if (world.dialog) return (r.chance(0.85) ? MOVES['dialog-closed'] : MOVES['notification-shown'])!(world);
    const ends = this.#running.length > 0;
    for (let tries = 0; tries < 12; tries++) {
      const kind = r.weighted(this.#weights);
      if (kind === 'screen-blanked' && ends) continue;
      if ((kind === 'typing-started' || kind === 'scrolling-started') && ends) continue;
      const move = MOVES[kind]?.(world);
      if (move) return move;
    }
    return null;
  }

  #scene(frame: number): Scene {
    const { world } = this;
    const active = world.front;
    const tasks = world.apps
      .map((win) => ({ id: win.id, subject: win.subject, seed: win.seed, title: win.title, active: win === active }))
      .sort((a, b) => a.id - b.id);
    return structuredClone({
      time: frame / FPS,
      windows: world.windows,
      tasks: [...tasks, ...world.minimised],
      menu: world.menu,
      notification: world.notification,
      tooltip: this.#distractors.tooltip,
      pointer: this.#distractors.pointer,
      blank: world.blank,
    });
  }
}
