/** What moves without meaning anything: pointer, text cursor, tooltips, hover highlights, a few keys. */
import { focus } from './activities.ts';
import { type Move, TYPED_IN } from './moves.ts';
import type { Point } from './scene.ts';
import type { World } from './world.ts';

export class Distractors {
  pointer: Point;
  tooltip: (Point & { seed: number }) | null = null;
  /** Frames left of a short run of keys. */
  keys = 0;
  #goal: Point;
  #restless: number;
  #world: World;

  constructor(world: World) {
    const { r, style } = world;
    this.#world = world;
    this.pointer = { x: r.next() * style.width, y: r.next() * style.height };
    this.#goal = this.pointer;
    this.#restless = r.pick([0, 0.05, 0.2, 0.4]);
  }

  /** @param next the event to come and how many frames until then; quiet: no keys now */
  step(frame: number, next: { move: Move; frames: number } | null, quiet: boolean): void {
    const world = this.#world;
    const { r, style } = world;
    if (next?.move.target && next.frames <= 3) this.#goal = next.move.target;
    else if (r.chance(this.#restless)) this.#goal = { x: r.next() * style.width, y: r.next() * style.height };
    const share = next?.move.target && next.frames <= 1 ? 1 : r.between(0.4, 1);
    this.pointer = {
      x: Math.round(this.pointer.x + (this.#goal.x - this.pointer.x) * share),
      y: Math.round(this.pointer.y + (this.#goal.y - this.pointer.y) * share),
    };
    if (this.tooltip) {
      if (r.chance(0.3) || quiet) this.tooltip = null;
    } else if (!quiet && r.chance(0.02)) this.tooltip = { ...this.pointer, seed: r.int(0, 1e6) };
    if (world.menu && r.chance(0.5)) world.menu.hover = r.int(0, world.menu.rows - 1);
    this.#type(quiet, next?.frames ?? 99);
    for (const win of world.apps) {
      const text =
        TYPED_IN.includes(win.subject) &&
        win.active &&
        (win.typed > 0 || win.subject === 'terminal' || win.subject === 'editor');
      win.blink = text && (!style.blinks || frame % 2 === 0);
      if (win.subject === 'files' && win.active && r.chance(0.05)) win.hover = r.int(0, 12);
    }
  }

  /** A burst of less than three seconds is not worth a word. */
  #type(quiet: boolean, frames: number): void {
    const world = this.#world;
    const win = world.front;
    if (this.keys > 0 && win) {
      this.keys--;
      win.typed += world.r.int(1, 3);
      return;
    }
    const free =
      !quiet && frames > 7 && win && !world.dialog && !world.menu && !world.blank && !win.run && !win.playing;
    if (!free || !world.r.chance(0.03) || !['terminal', 'editor', 'chat', 'document'].includes(win.subject)) return;
    focus(world, win);
    this.keys = world.r.int(1, 4);
  }
}
