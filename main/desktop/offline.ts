import { app, session, type WebContents } from 'electron';

/** What a page may load: its own files, and pictures it was given as data. */
const allowed = /^(onlooker|data|blob|devtools):/;

/** A port of this machine at which nobody listens: what goes by way of it goes nowhere. */
const nowhere = { mode: 'fixed_servers', proxyRules: 'socks5://127.0.0.1:1', proxyBypassRules: '<-loopback>' } as const;

/**
 * Cuts the windows off from every network, should a page ever get past its content security policy. Their own files need
 * none. WebRTC asks no request handler: it is left without UDP, and all that remains goes through a proxy that is not there.
 */
export async function stayOffline(): Promise<Disposable> {
  const { defaultSession: windows } = session;
  windows.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !allowed.test(url) }));
  await windows.setProxy(nowhere);
  const withoutUdp = (_event: unknown, contents: WebContents) =>
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  app.on('web-contents-created', withoutUdp);
  return {
    [Symbol.dispose]: () => {
      app.off('web-contents-created', withoutUdp);
      windows.webRequest.onBeforeRequest(null);
    },
  };
}
