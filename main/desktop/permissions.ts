import { type Session, session, type WebContents } from 'electron';
import { isCapturePage, isOurs } from './addresses.ts';

/**
 * Denies every page every permission. Two exceptions: the page that captures may see the display, and ours may put
 * text on the clipboard, which is how a narration is copied.
 */
export function restrictPermissions(): Disposable {
  const here: Session = session.defaultSession;
  here.setPermissionRequestHandler((contents, permission, decide, details) =>
    decide(details.isMainFrame && allowed(permission, contents.getURL(), details.requestingUrl)),
  );
  here.setPermissionCheckHandler((contents: WebContents | null, permission, origin) =>
    allowed(permission, contents?.getURL() ?? '', origin),
  );
  here.setDevicePermissionHandler(() => false);
  return {
    [Symbol.dispose]: () => {
      here.setPermissionRequestHandler(null);
      here.setPermissionCheckHandler(null);
      here.setDevicePermissionHandler(null);
    },
  };
}

function allowed(permission: string, page: string, requesting: string): boolean {
  if (!isOurs(page) || !isOurs(requesting)) return false;
  if (permission === 'clipboard-sanitized-write') return true;
  return permission === 'display-capture' && isCapturePage(page);
}
