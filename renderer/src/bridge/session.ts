const stored = 'onlooker-session';

/** What nobody is let in with. */
const nothing = 'none';

/**
 * Exchanges the ticket in the address for a session, and returns the page's half of it: the other is a cookie. The ticket
 * is taken out of the address bar at once. The key is kept for this tab, so that it can be loaded again; a page without a
 * ticket, or with one that another browser has used, has no other.
 */
export async function openSession(): Promise<string> {
  const address = new URL(location.href);
  const ticket = address.searchParams.get('ticket');
  if (ticket !== null) {
    address.searchParams.delete('ticket');
    history.replaceState(history.state, '', address);
    const key = await exchange(ticket).catch(() => undefined); // the bridge will not open then, and the window says so
    if (key !== undefined) sessionStorage.setItem(stored, key);
  }
  return sessionStorage.getItem(stored) ?? nothing;
}

async function exchange(ticket: string): Promise<string | undefined> {
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ticket }),
  });
  if (!response.ok) return undefined;
  const { value } = (await response.json()) as { readonly value: { readonly key: string } };
  return value.key;
}
