const key = 'onlooker-token';

/**
 * What the address carries to prove that this page was opened by the user. It is kept for this tab and taken out of
 * the address bar, so that it does not get into bookmarks, screenshots and the history.
 */
export function takeToken(): string {
  const address = new URL(location.href);
  const token = address.searchParams.get('token');
  if (token !== null) {
    sessionStorage.setItem(key, token);
    address.searchParams.delete('token');
    history.replaceState(history.state, '', address);
  }
  return sessionStorage.getItem(key) ?? '';
}
