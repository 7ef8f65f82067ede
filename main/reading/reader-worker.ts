/** The thread that text is read on: ONNX Runtime's `run` blocks its thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { PictureReader } from './read-picture.ts';
import { type Reply, type Request, readerSetup, request } from './reader-messages.ts';

const port = parentPort;
if (port === null) throw new Error('reader-worker.ts runs as a worker thread only');
const { folder } = readerSetup.parse(workerData);

const send = (reply: Reply) => port.postMessage(reply);
const fail = (error: unknown) =>
  send({
    type: 'failed',
    code: error instanceof OnlookerError ? error.code : undefined,
    message: errorMessage(error),
  });

const reader = await PictureReader.open(folder).catch((error: unknown) => {
  fail(error);
});

if (reader) {
  let last: Promise<void> = Promise.resolve();
  port.on('message', (message) => {
    last = last.then(() => handle(reader, request.parse(message))).catch(fail);
  });
  send({ type: 'opened' });
}

async function handle(opened: PictureReader, asked: Request): Promise<void> {
  switch (asked.type) {
    case 'read': {
      const { picture, exactness, mostMs } = asked;
      send({ type: 'read', reading: await opened.read(picture, exactness, mostMs) });
      return;
    }
    case 'find':
      send({ type: 'found', found: await opened.find(asked.picture, asked.mostMs) });
      return;
    case 'recognise': {
      const { picture, boxes, exactness, mostMs } = asked;
      send({ type: 'recognised', lines: await opened.recognise(picture, boxes, exactness, mostMs) });
      return;
    }
    case 'close':
      await opened[Symbol.asyncDispose]();
      send({ type: 'closed' });
      port?.close();
      return;
  }
}
