import { session } from 'electron';

/** What a page may load: its own files, and pictures it was given as data. */
const allowed = /^(onlooker|data|blob|devtools):/;

/** Cuts the windows off from every network, should a page ever get past its content security policy. */
export function stayOffline(): Disposable {
  const { webRequest } = session.defaultSession;
  webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !allowed.test(url) }));
  return { [Symbol.dispose]: () => webRequest.onBeforeRequest(null) };
}
