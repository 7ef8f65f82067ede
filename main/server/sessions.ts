/**
 * How a page gets in. An address carries a ticket, which opens one session in one browser. The session has two halves:
 * a cookie, which scripts cannot read, and a key, which only pages of this origin keep. Neither is enough alone: cookies
 * are sent to every port of this machine, and what a page keeps is written into the browser's profile.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { makeToken, sameToken } from './token.ts';

/** Tickets remembered, used or not: the oldest is forgotten for a new one. */
const mostTickets = 1000;

export class Sessions {
  /** Ends with the process, and all sessions with it. */
  readonly #secret = randomBytes(32);
  readonly #cookie: string;
  /** By the hash of a ticket: the session that it opened; undefined when nobody has used it. */
  readonly #tickets = new Map<string, string | undefined>();

  /** @param port of the server: browsers do not keep the cookies of two ports apart */
  constructor(port: number) {
    this.#cookie = `onlooker-${port}`;
  }

  /** A new ticket: good for the first browser that shows it. */
  issue(): string {
    const ticket = makeToken();
    const [oldest] = this.#tickets.keys();
    if (this.#tickets.size >= mostTickets) this.#tickets.delete(oldest!);
    this.#tickets.set(hash(ticket), undefined);
    return ticket;
  }

  /**
   * Exchanges a ticket for a session: the key, and the `Set-Cookie` header that belongs to it. The browser that used the
   * ticket may show it again, with its cookie. Returns undefined for everybody else.
   */
  open(ticket: string, request: IncomingMessage): { readonly key: string; readonly cookie: string } | undefined {
    const known = hash(ticket);
    if (!this.#tickets.has(known)) return undefined;
    const used = this.#tickets.get(known);
    if (used !== undefined && !sameToken(used, this.#session(request))) return undefined;
    const session = used ?? makeToken();
    this.#tickets.set(known, session);
    // Without an end it is kept in memory alone, as far as the browser's user wants it so.
    const cookie = `${this.#cookie}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    return { key: this.#key(session), cookie };
  }

  /** True if the request bears the cookie that belongs to the key. */
  has(key: string | undefined, request: IncomingMessage): boolean {
    const session = this.#session(request);
    return session !== undefined && sameToken(this.#key(session), key);
  }

  #session({ headers }: IncomingMessage): string | undefined {
    const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
    return cookies.find(([name]) => name === this.#cookie)?.[1];
  }

  #key(session: string): string {
    return createHmac('sha256', this.#secret).update(session).digest('base64url');
  }
}

/** Tickets are looked up by it: how long that takes tells nothing about a ticket. */
function hash(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
