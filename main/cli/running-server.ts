/** A server that runs on this machine, as other programs of the user find it: by the file with its token. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { userRuntime } from '../base/data-home.ts';
import { OnlookerError } from '../base/errors.ts';
import { PrivateFile } from './private-file.ts';

/**
 * Lets the user's programs find the token. The file goes when it is disposed of; those of servers that were killed go now.
 * @throws OnlookerError `output-unwritable`
 */
export async function announceServer({ port, token }: { readonly port: number; readonly token: string }) {
  for (const other of await announcedPorts()) {
    if (!(await isServed(other))) await rm(join(userRuntime(), tokenFile(other)), { force: true }).catch(() => {}); // tried again next time
  }
  return PrivateFile.write(tokenFile(port), `${token}\n`);
}

/**
 * Asks a running server for a new address.
 * @param port default that of the only one that runs @throws OnlookerError `usage` when none runs, or several
 */
export async function newAddress(port?: number): Promise<string> {
  const ports = port === undefined ? await announcedPorts() : [port];
  const found = (await Promise.all(ports.map(askServer))).filter((address) => address !== undefined);
  if (found.length === 1) return found[0]!;
  const which = found.length === 0 ? `None runs${port === undefined ? '' : ` on port ${port}`}` : 'More than one runs';
  const next = found.length === 0 ? 'Start one with "onlooker serve".' : 'Name one with --port.';
  throw new OnlookerError('usage', `${which}. ${next}`);
}

function tokenFile(port: number): string {
  return `serve-${port}.token`;
}

async function announcedPorts(): Promise<number[]> {
  const names = await readdir(userRuntime()).catch(() => []); // none was ever started: no such folder
  return names.flatMap((name) => /^serve-(\d+)\.token$/.exec(name)?.[1] ?? []).map(Number);
}

/** Whether anybody listens there. A server is announced once it does, so that the file of one that runs is never taken away. */
function isServed(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true));
  socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'));
  return promise.finally(() => socket.destroy());
}

/** Undefined where nobody answers, or somebody else: a server that was killed leaves its file behind. */
async function askServer(port: number): Promise<string | undefined> {
  try {
    const token = (await readFile(join(userRuntime(), tokenFile(port)), 'utf8')).trim();
    const response = await fetch(`http://127.0.0.1:${port}/api/address`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(5000),
    });
    const outcome = (await response.json()) as { readonly ok: boolean; readonly value: string };
    return outcome.ok ? outcome.value : undefined;
  } catch {
    return undefined;
  }
}
