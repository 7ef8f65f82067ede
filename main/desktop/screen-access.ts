import { systemPreferences } from 'electron';
import type { News, Status } from '../../preload/contract.ts';
import type { Current } from './current.ts';

/** Milliseconds between two looks at whether pictures arrive. */
const lookEvery = 2000;

/**
 * On macOS pictures of the screen need the user's consent, which is given in the system's settings. What the system
 * says of it is not believed, because it stays "granted" for a program that was replaced and "denied" until a restart:
 * the user is told what to do as long as no fresh frame arrives, once for each change.
 */
export function followScreenAccess(
  current: Current,
  tell: (news: News) => void,
  platform: NodeJS.Platform = process.platform,
): Disposable {
  if (platform !== 'darwin') return { [Symbol.dispose]: () => {} };
  let told: string | undefined;
  const look = () => {
    const access = systemPreferences.getMediaAccessStatus('screen');
    const next = needsConsent(current.status, access) ? access : undefined;
    if (next !== undefined && next !== told) tell(consentNotice(access));
    if (next === undefined && told !== undefined) tell(arrived);
    told = next;
  };
  const timer = setInterval(look, lookEvery);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Whether it is consent that is missing: a screen is to be watched, and no picture of it arrives. */
export function needsConsent({ source, state, lastFrameAt }: Status, access: string, now = Date.now()): boolean {
  if (!/^(screen|window)(:|$)/.test(source ?? '') || state === 'idle' || state === 'paused') return false;
  const fresh = lastFrameAt !== null && now - lastFrameAt < 2 * lookEvery;
  return !fresh && (access !== 'granted' || state === 'stalled' || state === 'failed');
}

function consentNotice(access: string): News {
  const where = 'System Settings, Privacy & Security, Screen & System Audio Recording';
  const message =
    access === 'granted'
      ? `No picture of the screen arrives. In ${where}, switch Onlooker off and on again, and start it anew.`
      : `Onlooker may not see the screen yet. Allow it in ${where}; it goes on by itself when a picture arrives.`;
  return { type: 'notice', code: 'screen-access', message };
}

const arrived: News = { type: 'notice', code: 'screen-access-given', message: 'The screen can be seen now.' };
