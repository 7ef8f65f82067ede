import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { Sessions } from '../../main/server/sessions.ts';

const withCookie = (cookie?: string) => ({ headers: { cookie } }) as IncomingMessage;
const cookieOf = (header: string) => header.split(';')[0]!;

test('a ticket opens one session, whose two halves belong together', () => {
  const sessions = new Sessions(8765);
  const ticket = sessions.issue();
  const first = sessions.open(ticket, withCookie())!;
  expect(first.cookie).toMatch(/^onlooker-8765=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  const cookie = cookieOf(first.cookie);
  expect(sessions.has(first.key, withCookie(`theme=dark; ${cookie}`))).toBe(true);
  expect(cookie).not.toContain(first.key);

  const second = sessions.open(sessions.issue(), withCookie())!;
  expect(sessions.has(first.key, withCookie(cookieOf(second.cookie)))).toBe(false);
  expect(sessions.has(second.key, withCookie(cookie))).toBe(false);
  expect(sessions.has(first.key, withCookie())).toBe(false);
  expect(sessions.has(undefined, withCookie(cookie))).toBe(false);
  expect(sessions.has(ticket, withCookie(cookie))).toBe(false);
  // Another server's halves, of the same port at another start.
  expect(new Sessions(8765).has(first.key, withCookie(cookie))).toBe(false);
});

test('a used ticket is good for its own browser alone', () => {
  const sessions = new Sessions(1);
  const ticket = sessions.issue();
  const { key, cookie } = sessions.open(ticket, withCookie())!;
  expect(sessions.open(ticket, withCookie())).toBeUndefined();
  const stranger = sessions.open(sessions.issue(), withCookie())!;
  expect(sessions.open(ticket, withCookie(cookieOf(stranger.cookie)))).toBeUndefined();
  expect(sessions.open(ticket, withCookie(cookieOf(cookie)))).toEqual({ key, cookie });
  expect(sessions.open('x'.repeat(43), withCookie(cookieOf(cookie)))).toBeUndefined();
});

test('tickets do not pile up', () => {
  const sessions = new Sessions(1);
  const tickets = Array.from({ length: 1001 }, () => sessions.issue());
  expect(sessions.open(tickets[0]!, withCookie())).toBeUndefined();
  expect(sessions.open(tickets[1]!, withCookie())).toBeDefined();
  expect(sessions.open(tickets[1000]!, withCookie())).toBeDefined();
});
