import type { RequestName, WindowName } from './contract.ts';

/** Every name of the contract, and no other: the compiler complains about a missing one. */
const names: Readonly<Record<RequestName, true>> = {
  hello: true,
  sources: true,
  bundles: true,
  watch: true,
  stop: true,
  pause: true,
  resume: true,
  snooze: true,
  ask: true,
  cover: true,
  settings: true,
  days: true,
  moments: true,
  pictures: true,
  picture: true,
  curve: true,
  rehearse: true,
  gaps: true,
  search: true,
  recap: true,
  forget: true,
  export: true,
  open: true,
};

const windows: Readonly<Record<WindowName, true>> = { overlay: true, timeline: true, settings: true, welcome: true };

export function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(names, name);
}

export function isWindowName(name: unknown): name is WindowName {
  return typeof name === 'string' && Object.hasOwn(windows, name);
}

export const windowNames = Object.keys(windows) as WindowName[];
