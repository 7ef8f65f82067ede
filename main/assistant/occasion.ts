/** Occasions on which nobody wants to be spoken to unasked, as far as the system tells of them. */
import { output } from '../capture/displays.ts';
import { microphoneInUse } from './calls.ts';

export type Occasion = 'call' | 'presentation';

/** What goes on now; undefined when nothing does, or nobody can tell. */
export async function occasionNow(): Promise<Occasion | undefined> {
  if (await microphoneInUse()) return 'call';
  return (await windowFillsScreen()) ? 'presentation' : undefined;
}

/**
 * Whether the window in use fills its screen: slides, a film, a game. X11's window managers tell; elsewhere nobody is
 * asked, and none does.
 * @param display default that of this process
 */
export async function windowFillsScreen(display: string | undefined = process.env.DISPLAY): Promise<boolean> {
  if (!display || process.platform === 'win32' || process.platform === 'darwin') return false;
  const active = await output('xprop', ['-display', display, '-root', '_NET_ACTIVE_WINDOW']);
  const window = /window id # (0x[0-9a-f]+)/.exec(active)?.[1];
  if (window === undefined || Number(window) === 0) return false;
  const state = await output('xprop', ['-display', display, '-id', window, '_NET_WM_STATE']);
  return state.includes('_NET_WM_STATE_FULLSCREEN');
}
