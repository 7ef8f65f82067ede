import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret for one start of the program: 256 random bits, in letters that a URL and a header take as they are. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether they are the same, in a time that tells nothing about where they differ, or about the length. */
export function sameToken(token: string, given: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(token), digest(given ?? ''));
}
