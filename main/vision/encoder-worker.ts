/** The thread the vision graphs run on: ONNX Runtime's `run` blocks its thread for the whole of a batch. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { CloseUpGraph } from './close-up.ts';
import { type Reply, type Request, request, workerSetup } from './encoder-messages.ts';
import { VisionGraph } from './graph.ts';

const port = parentPort;
if (port === null) throw new Error('encoder-worker.ts runs as a worker thread only');
const setup = workerSetup.parse(workerData);

const send = (reply: Reply, transfer: readonly ArrayBuffer[] = []) => port.postMessage(reply, [...transfer]);
const fail = (error: unknown) =>
  send({
    type: 'failed',
    code: error instanceof OnlookerError ? error.code : undefined,
    message: errorMessage(error),
  });

const graph = await VisionGraph.open(setup.folder, setup.manifest, setup.options).catch((error: unknown) => {
  fail(error);
});

const closeUp = new CloseUpGraph(setup.folder, setup.manifest, setup.options);

if (graph) {
  // Requests wait for the one before: a reset between two batches must fall between them.
  let last: Promise<void> = Promise.resolve();
  port.on('message', (message) => {
    last = last.then(() => handle(graph, request.parse(message))).catch(fail);
  });
  send({ type: 'opened', provider: graph.provider, onCpu: graph.onCpu });
}

async function handle(graph: VisionGraph, asked: Request): Promise<void> {
  switch (asked.type) {
    case 'encode': {
      const { pixels, count } = asked;
      const result = await graph.run(pixels, count);
      const buffers = [result.tokens, result.stillTokens, result.embeddings].flatMap((part) => part?.buffer ?? []);
      send({ type: 'encoded', result, pixels }, [...buffers, pixels.buffer]);
      return;
    }
    case 'look': {
      const tokens = await closeUp.run(asked.pixels);
      send({ type: 'looked', tokens }, [tokens.buffer]);
      return;
    }
    case 'reset':
      graph.reset();
      return;
    case 'close':
      await closeUp.release();
      await graph.release();
      send({ type: 'closed' });
      port?.close();
      return;
  }
}
