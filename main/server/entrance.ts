/** `POST /session`: a page exchanges the ticket of its address for a session. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { BridgeParts } from './bridge.ts';
import { answerJson, readJson, refused } from './json.ts';

const body = z.strictObject({ ticket: z.string().max(100) });

/** Answers `{"ok":true,"value":{"key":...}}` and sets the cookie; 403 for a ticket that is not good any more. */
export async function openSession(
  request: IncomingMessage,
  response: ServerResponse,
  { gate, sessions, log }: Pick<BridgeParts, 'gate' | 'sessions' | 'log'>,
): Promise<void> {
  const refuse = (status: number, why: string) => {
    log(`Refused a page: ${why}.`);
    answerJson(response, status, refused(why));
  };
  const origin = gate.origin(request, true);
  if (origin !== undefined) return refuse(403, origin);
  if (request.method !== 'POST') return refuse(405, `${request.method} is not for this`);
  const read = await readJson(request);
  if ('why' in read) return refuse(read.status, read.why);
  const { data } = body.safeParse(read.input);
  if (!data) return refuse(400, 'it carries no ticket');
  const session = sessions.open(data.ticket, request);
  if (!session) return refuse(403, 'its address was used already, or is not of this start');
  answerJson(response, 200, { ok: true, value: { key: session.key } }, { 'Set-Cookie': session.cookie });
}
