import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import { DIALOGS } from '../vocabulary.ts';
import { someWords } from './assets.ts';
import { type DialogTool, dialog, progress } from './dialogs.ts';
import type { Director } from './director.ts';
import { programs, type Running, type Setting } from './programs.ts';
import { type Box, fps } from './screen-recording.ts';
import { overlap } from './windows.ts';

type Action =
  | 'open'
  | 'close'
  | 'switch'
  | 'dialog'
  | 'progress'
  | 'type'
  | 'command'
  | 'scroll'
  | 'turn'
  | 'play'
  | 'menu'
  | 'maximise'
  | 'minimise'
  | 'move'
  | 'notify'
  | 'wander';

export interface Troupe {
  /** Names from `programs`. */
  readonly apps: readonly string[];
  readonly tool: DialogTool;
  /** False without a window manager: then nothing can be maximised, minimised or moved by its title bar. */
  readonly managed: boolean;
  readonly notifies: boolean;
}

/** A stream of chance: what happens next is drawn from what the windows on the desk allow. */
export class Stream {
  readonly #desk: Director;
  readonly #setting: Setting;
  readonly #random: Random;
  readonly #troupe: Troupe;
  /** From the back to the front. */
  #windows: Running[] = [];
  #commands = 0;
  readonly #done = new Map<Action, number>();

  constructor(desk: Director, setting: Setting, troupe: Troupe) {
    this.#desk = desk;
    this.#setting = setting;
    this.#random = setting.random;
    this.#troupe = troupe;
  }

  /** Plays until the recording is `seconds` long; the last action may run a little over. */
  async play(seconds: number): Promise<void> {
    const { screen } = this.#desk;
    const random = this.#random;
    await screen.reach(random.int(15, 40));
    while (screen.length < (seconds - 7) * fps) {
      await this.#act();
      const noted = (this.#desk.notes.at(-1)?.t ?? 0) * fps;
      const pause = random.chance(0.08) ? random.between(10, 18) : random.between(2, 5);
      await screen.reach(Math.min(Math.round(noted + pause * fps), seconds * fps));
      if (screen.length - noted < 20) await screen.wait(0.5);
    }
    await screen.reach(seconds * fps);
  }

  async #act(): Promise<void> {
    const open = this.#windows.length;
    const front = this.#free();
    const has = (test: (running: Running) => unknown): boolean => front.some(test);
    const { managed, notifies } = this.#troupe;
    const weights: Record<Action, number> = {
      open: open < Math.min(5, this.#troupe.apps.length) ? 5 - open : 0,
      close: open > 1 ? 0.8 * open : 0.2 * open,
      switch: this.#covered().length > 0 ? 3 : 0,
      dialog: 1.6,
      progress: 0.6,
      type: has(({ program }) => program.types) ? 2.4 : 0,
      command: has(({ program }) => program.runs) ? 6 : 0,
      scroll: has(({ program }) => program.scrolls) ? 2 : 0,
      turn: has(({ program }) => program.turn) ? 2.2 : 0,
      play: has(({ program }) => program.toggle) ? 3 : 0,
      menu: has(({ program }) => program.menu) ? 1.5 : 0,
      maximise: managed && has(({ window }) => !window.maximised) ? 0.4 : 0,
      minimise: managed && open > 0 && front.length > 0 ? 0.35 : 0,
      move: managed && has(({ window }) => !window.maximised) ? 0.7 : 0,
      notify: notifies ? 0.8 : 0,
      wander: 0.2,
    };
    // what has been seen in this stream becomes less likely: few minutes, many kinds
    for (const [action, times] of this.#done) weights[action] /= action === 'open' ? 1 : 1 + times;
    const action = this.#random.weighted(weights);
    this.#done.set(action, (this.#done.get(action) ?? 0) + 1);
    await this.#perform(action, front);
  }

  async #perform(action: Action, front: readonly Running[]): Promise<void> {
    const random = this.#random;
    const desk = this.#desk;
    const one = (test: (running: Running) => unknown = () => true): Running => random.pick(front.filter(test));
    switch (action) {
      case 'open':
        return this.#open();
      case 'close':
        return this.#close(random.pick(this.#windows));
      case 'switch': {
        const running = random.pick(this.#covered());
        await desk.switchTo(this.#raise(running).window);
        return;
      }
      case 'dialog':
        return this.#dialog();
      case 'progress':
        return desk.progress(progress(random, this.#troupe.tool));
      case 'type': {
        const { window } = this.#raise(one(({ program }) => program.types));
        const delay = random.int(45, 130);
        return desk.type(window, this.#text(random.between(3.3, 7), delay), delay);
      }
      case 'command':
        return this.#command(this.#raise(one(({ program }) => program.runs)));
      case 'scroll': {
        const { window, program } = one((each) => each.program.scrolls);
        const delay = random.int(90, 260);
        return desk.scroll(window, Math.round(random.between(2200, 5000) / delay), delay, program.scrolls === 'up');
      }
      case 'turn': {
        const { window, program } = this.#raise(one((each) => each.program.turn));
        await desk.focus(window);
        await program.prepare?.(desk, this.#setting);
        return desk.turnPage(window, () => program.turn!(desk));
      }
      case 'play': {
        const { window, program } = this.#raise(one((each) => each.program.toggle));
        return desk.play(window, random.between(3, 6.5), () => program.toggle!(desk));
      }
      case 'menu':
        return this.#menu(one(({ program }) => program.menu));
      case 'maximise': {
        const running = one(({ window }) => !window.maximised);
        await desk.maximise(this.#raise(running).window);
        return;
      }
      case 'minimise':
        return desk.minimise(one().window);
      case 'move': {
        const { window } = one((each) => !each.window.maximised);
        const { width, height } = window.box;
        const x = random.int(10, Math.max(20, this.#setting.width - width - 20));
        const y = random.int(40, Math.max(50, this.#setting.height - height - 40));
        return desk.move(window, x, y);
      }
      case 'notify':
        return desk.notify(
          someWords(random, random.int(2, 4)),
          someWords(random, random.int(3, 10)),
          'dialog-information',
        );
      case 'wander': // the pointer alone is no event
        return desk.pointer.to(random.int(0, this.#setting.width), random.int(0, this.#setting.height));
    }
  }

  async #open(): Promise<void> {
    const random = this.#random;
    // programs with one instance hand a second start over to the first: one window of each is enough
    const names = this.#troupe.apps.filter((name) => !this.#windows.some((running) => running.name === name));
    if (names.length === 0) return;
    // those in which more can happen come more often
    const versatile = (name: string): boolean => !['other', 'settings'].includes(programs[name]!.subject);
    const weights = names.map((name) => [name, programs[name]!.runs ? 9 : versatile(name) ? 3 : 1] as const);
    const name = random.weighted(Object.fromEntries(weights));
    const program = programs[name]!;
    if (random.chance(0.5)) {
      await this.#desk.pointer.to(random.int(0, this.#setting.width), random.int(0, this.#setting.height));
    }
    const window = await this.#desk.open(program.launch(this.#setting), program.subject);
    if (window) this.#windows.push({ program, name, window });
  }

  async #close(running: Running): Promise<void> {
    this.#windows = this.#windows.filter((other) => other !== running);
    await this.#desk.close(running.window);
  }

  async #dialog(): Promise<void> {
    const random = this.#random;
    const asking = this.#free().filter(({ program }) => program.asksForFiles);
    const kind = random.pick(DIALOGS);
    if (kind === 'file' && asking.length > 0 && random.chance(0.5)) {
      return this.#desk.fileDialogOf(random.pick(asking).window, random.between(2.5, 5));
    }
    const shown = await this.#desk.openDialog(dialog(random, this.#troupe.tool, kind), kind);
    if (!shown) return;
    await this.#desk.screen.wait(random.between(2.2, 5));
    await this.#desk.closeDialog(shown);
  }

  async #command({ window }: Running): Promise<void> {
    const random = this.#random;
    const { home } = this.#setting.assets;
    this.#commands += 1;
    const script = `${random.pick(['build', 'backup', 'sync', 'test', 'update', 'scan', 'train'])}${this.#commands}`;
    const count = random.int(12, 60);
    const pause = (random.between(3.4, 7) / count).toFixed(3);
    const [line, last] = random.pick<readonly [string, string?]>([
      ['echo "[$n] checking Letters/letter-$n.txt"', '[COUNT] checking Letters/letter-COUNT.txt'],
      ['echo "compiling unit_$n.c -> unit_$n.o"', 'compiling unit_COUNT.c -> unit_COUNT.o'],
      ['sed -n "$n p" Letters/letter-0.txt; echo "$n"'],
      ['echo "step $n loss 0.$((900 - n * 7)) $(date +%s)"', `step COUNT loss 0.${900 - count * 7}`],
      ['printf "\\r%3d %%" $((n * 100 / COUNT))', '100 %'],
      ['printf "."'],
    ]);
    const body = line.replaceAll('COUNT', String(count));
    const done = join(home, `.done-${this.#commands}`);
    const loop = `for n in $(seq ${count}); do ${body}; sleep ${pause}; done`;
    writeFileSync(join(home, script), `${loop}; echo; touch ${done}\n`);
    await this.#desk.command(window, `sh ${script}`, () => existsSync(done), last?.replaceAll('COUNT', String(count)));
  }

  async #menu({ window }: Running): Promise<void> {
    const { x, y, width, height } = window.box;
    const at = { x: x + width * this.#random.between(0.3, 0.7), y: y + height * this.#random.between(0.35, 0.7) };
    await this.#desk.pointer.to(at.x, at.y);
    const around = { x: at.x - 350, y: at.y - 350, width: 700, height: 700 };
    await this.#desk.menu(around, () => this.#desk.pointer.click(3), this.#random.between(1.6, 3.5));
  }

  /** Text that takes about that long to type. */
  #text(seconds: number, delayMs: number): string {
    const length = Math.ceil((seconds * 1000) / delayMs);
    let text = '';
    while (text.length < length) text += `${someWords(this.#random, this.#random.int(4, 8))}. `;
    return text.slice(0, length);
  }

  /** What gets the keyboard also comes to the front. */
  #raise(running: Running): Running {
    this.#windows = [...this.#windows.filter((other) => other !== running), running];
    return running;
  }

  #share(running: Running): number {
    const above = this.#windows.slice(this.#windows.indexOf(running) + 1).filter(({ window }) => !window.minimised);
    const { box } = running.window;
    const hidden = above.reduce((sum, { window }) => sum + overlap(box, window.box), 0);
    return hidden / (box.width * box.height);
  }

  /** Windows that can be seen whole, or nearly. */
  #free(): Running[] {
    const screen: Box = { x: 0, y: 0, width: this.#setting.width, height: this.#setting.height };
    return this.#windows.filter((running) => {
      const { box, minimised } = running.window;
      return !minimised && this.#share(running) < 0.03 && overlap(box, screen) > 0.6 * box.width * box.height;
    });
  }

  #covered(): Running[] {
    return this.#windows.filter((running) => running.window.minimised || this.#share(running) > 0.2);
  }
}
