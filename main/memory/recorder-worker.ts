/** The thread that writes: a disk may take seconds for what the stream must not wait for. */
import { parentPort, workerData } from 'node:worker_threads';
import { OnlookerError } from '../errors.ts';
import { BatchWriter, type Thumbnail } from './batch-writer.ts';
import { memoryError } from './failures.ts';
import { dropDeletedWords, emptyLog } from './forget.ts';
import type { RecorderSetup, Reply, Request, Row, SessionStart } from './recorder-messages.ts';
import { applyRetention, setLimits } from './retention.ts';
import { openOrSetAside } from './set-aside.ts';
import { ThumbnailMaker } from './thumbnail-maker.ts';

const port = parentPort;
if (port === null) throw new Error('recorder-worker.ts runs as a worker thread only');
const setup = workerData as RecorderSetup;
const { folder } = setup.location;

/** How often what is beyond the limits is deleted, milliseconds. */
const retentionEvery = 3_600_000;

const send = (reply: Reply) => port.postMessage(reply);
const fail = (caught: unknown) => {
  const error = memoryError(caught, folder);
  const code = error instanceof OnlookerError ? error.code : undefined;
  send({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
};

try {
  const connection = openOrSetAside(setup.location);
  const thumbnails = new ThumbnailMaker(setup.ffmpeg);
  let session: SessionStart | undefined;
  let writer: BatchWriter | undefined;
  let retentionAt = performance.now();
  setLimits(connection, setup.retention);
  if (applyRetention(connection)) dropDeletedWords(connection);

  const begin = () => {
    if (session) writer ??= new BatchWriter(connection, session);
  };

  const write = (rows: readonly Row[]) => {
    const ready: Thumbnail[] = thumbnails.ready();
    try {
      begin();
      writer?.write(rows, ready);
    } catch (error) {
      thumbnails.giveBack(ready);
      throw error;
    }
  };

  const keepWithinLimits = () => {
    if (performance.now() - retentionAt < retentionEvery) return;
    retentionAt = performance.now();
    try {
      if (applyRetention(connection)) dropDeletedWords(connection);
    } catch {
      // The rows are written, and that is what the reply says. What stopped this stops the next batch, too, or is over.
    }
  };

  const reportWritten = () => {
    const { problem } = thumbnails;
    send({ type: 'written', ...(problem !== undefined && { problem }) });
  };

  const handle = async (request: Request): Promise<void> => {
    switch (request.type) {
      case 'begin':
        session = request.session;
        try {
          begin();
        } catch {
          // Tried again with the first rows, which have a reply that can say so.
        }
        return;
      case 'picture':
        thumbnails.make(request);
        return;
      case 'write':
        write(request.rows);
        keepWithinLimits();
        reportWritten();
        return;
      case 'close': {
        await thumbnails[Symbol.asyncDispose]();
        try {
          write([]);
          writer?.end(request.endedAt);
          emptyLog(connection);
          send({ type: 'closed' });
        } finally {
          connection[Symbol.dispose]();
          port.close();
        }
      }
    }
  };

  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: Request) => {
    last = last.then(() => handle(request)).catch(fail);
  });
  send({ type: 'opened' });
} catch (error) {
  fail(error);
}
