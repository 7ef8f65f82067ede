/** The thread that writes: a disk may take seconds for what the stream must not wait for. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '../../base/error-text.ts';
import { OnlookerError } from '../../base/errors.ts';
import { recordFailure } from '../../log/failures.ts';
import { joinLog } from '../../log/open-log.ts';
import { memoryError } from '../store/failures.ts';
import { type Reply, type Request, recorderSetup, request } from './recorder-messages.ts';
import { WritingDesk } from './writing-desk.ts';

const port = parentPort;
if (port === null) throw new Error('recorder-worker.ts runs as a worker thread only');
joinLog();
const setup = recorderSetup.parse(workerData);

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
  port.on('message', (message) => {
    last = last.then(() => handle(desk, request.parse(message))).catch(fail);
  });
  send({ type: 'opened' });
  desk.checkLargeDatabase();
} catch (error) {
  fail(error);
}

async function handle(desk: WritingDesk, asked: Request): Promise<void> {
  switch (asked.type) {
    case 'begin':
      desk.begin(asked.session);
      return;
    case 'picture':
      desk.thumbnails.make(asked);
      return;
    case 'write': {
      desk.write(asked.rows);
      send({ type: 'written', notices: desk.takeNotices() });
      return;
    }
    case 'look':
      send({ type: 'forgotten', spans: desk.forgotten() });
      return;
    case 'close':
      try {
        await desk.close(asked.endedAt);
        send({ type: 'closed' });
      } finally {
        port?.close();
      }
      return;
  }
}
