/**
 * What a page of the window may load and reach, in Electron and in a browser alike: nothing inline, nothing remote,
 * nothing embedded; pictures of the memory are data.
 *
 * `webrtc` stands in the standard (Content Security Policy Level 3) and in no browser yet: the browser mode adds a header
 * that Chromium knows (server/headers.ts), the desktop program sets its windows' sessions (desktop/offline.ts).
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "webrtc 'block'",
].join('; ');
