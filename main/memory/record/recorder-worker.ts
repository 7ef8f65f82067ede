/** The thread that writes: a disk may take seconds for what the stream must not wait for. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '../../base/error-text.ts';
import { OnlookerError } from '../../base/errors.ts';
import { recordFailure } from '../../log/failures.ts';
import { joinLog } from '../../log/open-log.ts';
import { memoryError } from '../store/failures.ts';
import type { RecorderSetup, Reply, Request } from './recorder-messages.ts';
import { WritingDesk } from './writing-desk.ts';

const port = parentPort;
if (port === null) throw new Error('recorder-worker.ts runs as a worker thread only');
joinLog();
const setup = workerData as RecorderSetup;

const send = (reply: Reply) => port.postMessage(reply);
const fail = (caught: unknown) => {
  const error = memoryError(caught, setup.location.folder);
  recordFailure(error);
  const code = error instanceof OnlookerError ? error.code : undefined;
  send({ type: 'failed', code, message: errorMessage(error) });
};

try {
  const desk = new WritingDesk(setup);
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: Request) => {
    last = last.then(() => handle(desk, request)).catch(fail);
  });
  send({ type: 'opened' });
  desk.checkLargeDatabase();
} catch (error) {
  fail(error);
}

async function handle(desk: WritingDesk, request: Request): Promise<void> {
  switch (request.type) {
    case 'begin':
      desk.begin(request.session);
      return;
    case 'picture':
      desk.thumbnails.make(request);
      return;
    case 'write': {
      desk.write(request.rows);
      send({ type: 'written', notices: desk.takeNotices() });
      return;
    }
    case 'look':
      send({ type: 'forgotten', spans: desk.forgotten() });
      return;
    case 'close':
      try {
        await desk.close(request.endedAt);
        send({ type: 'closed' });
      } finally {
        port?.close();
      }
      return;
  }
}
