/** The thread that text is read on: ONNX Runtime's `run` blocks its thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { PictureReader } from './read-picture.ts';
import type { ReaderSetup, Reply, Request } from './reader-messages.ts';

const port = parentPort;
if (port === null) throw new Error('reader-worker.ts runs as a worker thread only');
const { folder } = workerData as ReaderSetup;

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
  port.on('message', (request: Request) => {
    last = last.then(() => handle(reader, request)).catch(fail);
  });
  send({ type: 'opened' });
}

async function handle(opened: PictureReader, request: Request): Promise<void> {
  switch (request.type) {
    case 'read': {
      const { picture, exactness, mostMs } = request;
      send({ type: 'read', reading: await opened.read(picture, exactness, mostMs) });
      return;
    }
    case 'find':
      send({ type: 'found', found: await opened.find(request.picture, request.mostMs) });
      return;
    case 'recognise': {
      const { picture, boxes, exactness, mostMs } = request;
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
