import { contentSecurityPolicy } from '../base/page-policy.ts';

/** Headers of every answer: the pages run nothing but their own files, and nobody else may put them into theirs. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  // The only header that stops WebRTC in Chromium (https://github.com/WICG/connection-allowlists). It holds for the
  // bridge, too: a WebSocket's address counts as the page's own.
  'Connection-Allowlist': '(response-origin)',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=()',
};
