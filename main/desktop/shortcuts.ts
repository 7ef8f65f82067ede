import { globalShortcut } from 'electron';
import type { News, Settings } from '../../preload/contract.ts';
import type { Current } from './current.ts';

type ShortcutName = keyof Settings['shortcuts'];

/** Holds the user's shortcuts, whatever program has the keyboard, and says which of them cannot be had. */
export class Shortcuts implements Disposable {
  readonly #actions: Readonly<Record<ShortcutName, () => void>>;
  readonly #tell: (news: News) => void;
  readonly #held = new Map<ShortcutName, { readonly accelerator: string; readonly registered: boolean }>();
  readonly #end: () => void;

  constructor(current: Current, actions: Readonly<Record<ShortcutName, () => void>>, tell: (news: News) => void) {
    this.#actions = actions;
    this.#tell = tell;
    this.#end = current.follow(() => this.#hold(current.settings.shortcuts));
  }

  [Symbol.dispose](): void {
    this.#end();
    for (const name of this.#held.keys()) this.#letGo(name);
  }

  #hold(wanted: Settings['shortcuts']): void {
    const changed = (Object.keys(this.#actions) as ShortcutName[]).filter(
      (name) => this.#held.get(name)?.accelerator !== wanted[name],
    );
    // All go before any is taken: two may have been exchanged.
    for (const name of changed) this.#letGo(name);
    for (const name of changed) {
      const accelerator = wanted[name];
      const registered = accelerator === '' || this.#register(name, accelerator);
      this.#held.set(name, { accelerator, registered: registered && accelerator !== '' });
      if (!registered) this.#tell(taken(accelerator));
    }
  }

  #register(name: ShortcutName, accelerator: string): boolean {
    try {
      return globalShortcut.register(accelerator, this.#actions[name]);
    } catch {
      return false; // not an accelerator at all
    }
  }

  #letGo(name: ShortcutName): void {
    const held = this.#held.get(name);
    if (held?.registered) globalShortcut.unregister(held.accelerator);
    this.#held.delete(name);
  }
}

function taken(accelerator: string): News {
  const message = `The shortcut ${accelerator} belongs to another program. Choose another one in the settings.`;
  return { type: 'notice', code: 'shortcut-taken', message };
}
