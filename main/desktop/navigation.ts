import { app, type WebContents } from 'electron';
import { isOurs } from './addresses.ts';
import { complain } from './complain.ts';

/**
 * Keeps every page where it is. Nothing ever opens a browser either: links can only come from the model's words or
 * from a screen it has seen, and neither is to be trusted.
 */
export function confineNavigation(): Disposable {
  const confine = (_event: unknown, contents: WebContents) => {
    const stay = (event: { readonly url: string; preventDefault(): void }) => {
      if (isOurs(event.url)) return;
      event.preventDefault();
      complain(new Error('A page tried to go elsewhere; it stays.'));
    };
    contents.on('will-navigate', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', (event, preferences) => {
      // Stopped, and harmless if a future version should not stop.
      event.preventDefault();
      delete preferences.preload;
      Object.assign(preferences, { nodeIntegration: false, contextIsolation: true, sandbox: true });
    });
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  };
  app.on('web-contents-created', confine);
  return { [Symbol.dispose]: () => app.off('web-contents-created', confine) };
}
