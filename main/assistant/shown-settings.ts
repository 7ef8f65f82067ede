/**
 * Settings as windows and other programs see them: without the secrets of addresses, which stay in the file. What they send
 * back unchanged means the address that is kept.
 */
import type { Settings } from '../../preload/contract.ts';
import { sourceName } from '../capture/source-description.ts';
import { shownAddress } from '../secrets.ts';

export function shownSettings(settings: Settings): Settings {
  const { source, chat } = settings;
  return {
    ...settings,
    source: source === null ? null : sourceName(source),
    chat: chat && { ...chat, url: chat.url === null ? null : shownAddress(chat.url) },
  };
}

/** A change as it is meant: an address that is shown so is the one in the settings. */
export function meantChange(change: Partial<Settings>, { source, chat }: Settings): Partial<Settings> {
  const { source: newSource, chat: newChat } = change;
  const url = newChat?.url;
  return {
    ...change,
    ...(typeof newSource === 'string' && { source: meantAddress(newSource, [source]) }),
    ...(newChat && typeof url === 'string' && { chat: { ...newChat, url: meantAddress(url, [chat?.url]) } }),
  };
}

/** The one of the known addresses that is shown like this; otherwise what was given. */
export function meantAddress(given: string, known: readonly (string | null | undefined)[]): string {
  return known.find((address) => typeof address === 'string' && shownAddress(address) === given) ?? given;
}
