/** The thread that reads the memory: a recap of months takes seconds, which windows and tray must not wait for. */
import { parentPort, workerData } from 'node:worker_threads';
import { OnlookerError } from '../base/errors.ts';
import { ReadersWriterLock } from '../base/readers-writer-lock.ts';
import { joinLog } from '../log/open-log.ts';
import { TextTowers } from './find/text-towers.ts';
import { type Reply, type Request, request } from './memory-messages.ts';
import { exclusive, type OpenedMemory, operations } from './operations.ts';
import { inPieces } from './pieces.ts';
import type { Connection } from './store/connection.ts';
import { memoryError } from './store/failures.ts';
import { memoryLocation } from './store/location.ts';
import { openDatabase } from './store/open-memory.ts';

const port = parentPort;
if (port === null) throw new Error('memory-worker.ts runs as a worker thread only');
const location = memoryLocation.parse(workerData);
joinLog();

/** Milliseconds. */
const progressEvery = 100;

const lock = new ReadersWriterLock();
const towers = new TextTowers();
const underWay = new Map<number, AbortController>();
/** Those that wait for the other side to ask for the next piece. */
const wanted = new Map<number, () => void>();
/** Opened at the first request, and once more where that failed: another program may have been in the way. */
let connection: Connection | undefined;

const send = (reply: Reply) => port.postMessage(reply);

port.on('message', (message) => {
  const asked = request.parse(message);
  if (asked.type === 'ask') void answer(asked);
  else if (asked.type === 'more') wanted.get(asked.id)?.();
  else if (asked.type === 'cancel') underWay.get(asked.id)?.abort();
  else void close();
});

async function answer({ id, name, input }: Extract<Request, { type: 'ask' }>): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  underWay.set(id, controller);
  const work = async () => {
    signal.throwIfAborted();
    connection ??= openDatabase(location, { onNotice: (line) => send({ type: 'notice', line }) });
    // The input belongs to the operation of that name; the compiler cannot follow the pair through a table.
    const operation = operations[name] as (memory: OpenedMemory, input: unknown) => unknown;
    const memory = { connection, towers, signal, onProgress: progressOf(id) };
    await deliver(id, await operation(memory, input), signal);
  };
  try {
    // Until it is delivered: nothing must be forgotten that is still to be sent.
    await (exclusive.has(name) ? lock.write(work) : lock.read(work));
  } catch (error) {
    if (!signal.aborted) fail(id, memoryError(error, location.folder));
  } finally {
    underWay.delete(id);
  }
}

/** Tells how far it is: at the first step, then now and again. */
function progressOf(id: number): (share: number) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (share) => {
    const now = performance.now();
    if (now - toldAt < progressEvery) return;
    toldAt = now;
    send({ type: 'progress', id, share });
  };
}

/** Sends an answer, and its pieces as they are asked for. */
async function deliver(id: number, output: unknown, signal: AbortSignal): Promise<void> {
  const { begun, pieces } = inPieces(output);
  signal.throwIfAborted();
  signal.addEventListener('abort', () => wanted.get(id)?.());
  send({ type: 'answer', id, output: begun, more: pieces.length > 0 });
  for (const [i, piece] of pieces.entries()) {
    const asked = Promise.withResolvers<void>();
    wanted.set(id, asked.resolve);
    await asked.promise;
    wanted.delete(id);
    signal.throwIfAborted();
    send({ type: 'piece', id, piece, more: i < pieces.length - 1 });
  }
}

function fail(id: number, error: unknown): void {
  const code = error instanceof OnlookerError ? error.code : undefined;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  send({ type: 'failed', id, code, message, stack });
}

async function close(): Promise<void> {
  await lock.write(() => {});
  await towers[Symbol.asyncDispose]();
  connection?.[Symbol.dispose]();
  port?.close();
}
