/** The process in which model files of strangers are tried out. What crashes or never ends, does so here. */
import { Worker } from 'node:worker_threads';
import { errorMessage } from '../../base/error-text.ts';
import { OnlookerError } from '../../base/errors.ts';
import { keepTelemetryOff } from '../../base/no-telemetry.ts';
import { parentPort } from '../../base/parent-port.ts';
import { type Trial, trialSchema, type Verdict } from '../messages.ts';

keepTelemetryOff();
const port = parentPort();

port.listen(
  async (message) => {
    const trial = trialSchema.parse(message);
    new Worker(new URL('./trial-watch.ts', import.meta.url), { workerData: trial.bytes });
    port.send(await run(trial));
    // The watch would keep it alive, and so would what native code left behind.
    setTimeout(() => process.exit(), 50);
  },
  () => process.exit(),
);

async function run({ what }: Trial): Promise<Verdict> {
  try {
    if (what.kind === 'bundle') await (await import('./try-bundle.ts')).tryBundle(what.folder, what.manifest);
    else await (await import('./try-chat-model.ts')).tryChatModel(what.path);
    return { ok: true };
  } catch (error) {
    const message = errorMessage(error);
    return { ok: false, message, ...(error instanceof OnlookerError && { code: error.code }) };
  }
}
