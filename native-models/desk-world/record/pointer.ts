import type { Random } from '../random.ts';
import type { VirtualDisplay } from './virtual-display.ts';

/** The mouse pointer: it travels, in part of a second and a slight arc, instead of jumping. */
export class Pointer {
  readonly #display: VirtualDisplay;
  readonly #random: Random;
  #x: number;
  #y: number;

  constructor(display: VirtualDisplay, random: Random) {
    this.#display = display;
    this.#random = random;
    this.#x = display.width / 2;
    this.#y = display.height / 2;
  }

  async to(x: number, y: number): Promise<void> {
    const goal = { x: clamp(x, 1, this.#display.width - 2), y: clamp(y, 1, this.#display.height - 2) };
    const bend = this.#random.between(-0.12, 0.12);
    const steps = this.#random.int(8, 14);
    const args: string[] = [];
    for (let step = 1; step <= steps; step += 1) {
      const part = (1 - Math.cos((Math.PI * step) / steps)) / 2;
      const aside = bend * Math.sin(Math.PI * part);
      const px = this.#x + (goal.x - this.#x) * part - (goal.y - this.#y) * aside;
      const py = this.#y + (goal.y - this.#y) * part + (goal.x - this.#x) * aside;
      args.push('mousemove', String(Math.max(0, Math.round(px))), String(Math.max(0, Math.round(py))), 'sleep', '0.04');
    }
    await this.#display.run('xdotool', args);
    this.#x = goal.x;
    this.#y = goal.y;
  }

  async click(button = 1): Promise<void> {
    await this.#display.run('xdotool', ['click', String(button)]);
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
