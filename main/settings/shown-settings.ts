/**
 * Settings as windows and other programs see them: without the secrets of addresses, which stay in the file. What they send
 * back unchanged means the address that is kept.
 */
import type { Settings } from '../../preload/contract.ts';
import { shownAddress } from '../base/secrets.ts';

type Addresses = Pick<Settings, 'source' | 'mcpSources' | 'chat'>;

export function shownSettings(settings: Settings): Settings {
  return { ...settings, ...withAddresses(settings, shownAddress) };
}

/** A change as it is meant: an address that is shown so is the one in the settings. */
export function meantChange(change: Partial<Settings>, { source, mcpSources, chat }: Settings): Partial<Settings> {
  const known = [source, ...mcpSources, chat?.url];
  return { ...change, ...withAddresses(change, (address) => meantAddress(address, known)) };
}

/** The one of the known addresses that is shown like this; otherwise what was given. */
export function meantAddress(given: string, known: readonly (string | null | undefined)[]): string {
  return known.find((address) => typeof address === 'string' && shownAddress(address) === given) ?? given;
}

/** The settings that are addresses, as far as they are given, each turned into another. */
function withAddresses(
  { source, mcpSources, chat }: Partial<Addresses>,
  turn: (address: string) => string,
): Partial<Addresses> {
  return {
    ...(typeof source === 'string' && { source: turn(source) }),
    ...(mcpSources && { mcpSources: mcpSources.map(turn) }),
    ...(chat && { chat: { ...chat, url: chat.url === null ? null : turn(chat.url) } }),
  };
}
