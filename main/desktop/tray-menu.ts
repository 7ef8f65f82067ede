/** What is in the tray's menu: from what is so to what can be asked for, without Electron. */
import type { MenuItemConstructorOptions } from 'electron';
import type { RequestName, Requests, Settings, SourceChoice, Status, WindowName } from '../../preload/contract.ts';
import type { Texts } from './texts.ts';
import type { Light } from './tray-icon.ts';

export interface MenuState {
  readonly status: Status;
  readonly settings: Settings;
  readonly sources: readonly SourceChoice[];
  readonly light: Light;
  /** Wall clock, milliseconds. */
  readonly now: () => number;
}

export interface MenuActions {
  request<Name extends RequestName>(name: Name, input: Requests[Name]['input']): void;
  open(window: WindowName): void;
  ask(): void;
  toggleOverlay(): void;
  checkForUpdates(): void;
  quit(): void;
}

const minute = 60_000;
const levels = [0, 1, 2, 3, 4] as const;

export function trayMenu(state: MenuState, actions: MenuActions, texts: Texts): MenuItemConstructorOptions[] {
  const { status } = state;
  return [
    { label: statusLine(state, texts), enabled: false },
    ...(status.filtering ? [{ label: texts.filtering, enabled: false }] : []),
    ...(status.saving ? [{ label: texts.saving, enabled: false }] : []),
    { type: 'separator' },
    { label: texts.watch, submenu: sourceItems(state, actions, texts) },
    ...pauseItems(state, actions, texts),
    { label: texts.chattiness, submenu: chattinessItems(state, actions, texts) },
    ...snoozeItems(state, actions, texts),
    { label: texts.forget, submenu: forgetItems(state, actions, texts) },
    { type: 'separator' },
    { label: texts.ask, click: () => actions.ask() },
    { label: texts.overlay, click: () => actions.toggleOverlay() },
    { label: texts.timeline, click: () => actions.open('timeline') },
    { label: texts.settings, click: () => actions.open('settings') },
    { label: texts.updates, click: () => actions.checkForUpdates() },
    { type: 'separator' },
    { label: texts.quit, click: () => actions.quit() },
  ];
}

/** The first line of the menu, and the icon's tool tip. */
export function statusLine({ status, light }: Pick<MenuState, 'status' | 'light'>, { lights, failed }: Texts): string {
  if (status.state === 'failed' && status.message) return failed(status.message);
  if (light !== 'grey') return lights[light];
  return status.state === 'paused' ? lights.paused : lights.idle;
}

function sourceItems({ sources, status }: MenuState, { request }: MenuActions, texts: Texts) {
  if (sources.length === 0) return [{ label: texts.nothingToWatch, enabled: false }];
  return sources.map(
    ({ source, name }): MenuItemConstructorOptions => ({
      // An ampersand would underline the next letter.
      label: name.replaceAll('&', '&&'),
      type: 'radio',
      checked: source === status.source,
      click: () => request('watch', { source }),
    }),
  );
}

function pauseItems({ status, now }: MenuState, { request }: MenuActions, texts: Texts): MenuItemConstructorOptions[] {
  if (status.state === 'paused') return [{ label: texts.resume, click: () => request('resume', {}) }];
  const until = (label: string, moment: () => number | null) => ({
    label,
    click: () => request('pause', { until: moment() }),
  });
  const submenu = [
    ...[15, 30, 60].map((n) => until(texts.minutes(n), () => now() + n * minute)),
    until(texts.untilTomorrow, () => tomorrow(now())),
    until(texts.untilResumed, () => null),
  ];
  return [{ label: texts.pause, enabled: status.state !== 'idle', submenu }];
}

function chattinessItems({ settings }: MenuState, { request }: MenuActions, texts: Texts) {
  return levels.map(
    (chattiness): MenuItemConstructorOptions => ({
      label: texts.levels[chattiness],
      type: 'radio',
      checked: chattiness === settings.chattiness,
      click: () => request('settings', { change: { chattiness } }),
    }),
  );
}

function snoozeItems({ status, now }: MenuState, { request }: MenuActions, texts: Texts): MenuItemConstructorOptions[] {
  const snoozed = status.snoozedUntil !== null && status.snoozedUntil > now();
  // The request that ends it is a snooze until now.
  if (snoozed) return [{ label: texts.speakAgain, click: () => request('snooze', { until: null }) }];
  const submenu = [15, 30, 60].map((n) => ({
    label: texts.minutes(n),
    click: () => request('snooze', { until: now() + n * minute }),
  }));
  return [{ label: texts.snooze, submenu }];
}

function forgetItems({ now }: MenuState, { request }: MenuActions, texts: Texts): MenuItemConstructorOptions[] {
  return [5, 60].map((n) => ({
    label: texts.lastMinutes(n),
    // A second more: what is being seen at this moment is meant as well.
    click: () => request('forget', { from: now() - n * minute, before: now() + 1000 }),
  }));
}

/** Six in the morning of the next day, by the clock on the wall. */
function tomorrow(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, 6).getTime();
}
