import type { WindowName } from '../../preload/contract.ts';
import { isWindowName } from '../../preload/request-names.ts';
import type { Assistant } from './assistant.ts';
import type { Answering } from './ipc-gate.ts';

/** What the shell does itself when a window asks for it. */
export interface Shell {
  /** `at`: the wall clock the timeline is to show. */
  open(window: WindowName, at?: number): Promise<void>;
  /** The overlay has sent its question: it needs the keyboard no more. */
  asked(): void;
}

/** Requests about windows are the shell's; all others go to the assistant. */
export function answering(assistant: Assistant, shell: Shell): Answering {
  return async (name, input, from) => {
    switch (name) {
      case 'open': {
        const window = 'window' in input ? input.window : undefined;
        if (!isWindowName(window)) return { ok: false, code: 'usage', message: 'There is no such window.' };
        const at = 'at' in input && typeof input.at === 'number' && Number.isFinite(input.at) ? input.at : undefined;
        await shell.open(window, at);
        return { ok: true, value: null };
      }
      case 'cover':
        // The shell knows better than a page where the overlay lies, and tells the assistant itself.
        return { ok: true, value: null };
      case 'ask':
        if (from === 'overlay') shell.asked();
        return assistant.answer(name, input);
      default:
        return assistant.answer(name, input);
    }
  };
}
