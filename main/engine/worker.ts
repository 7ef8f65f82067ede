/** The engine's process: requests come in, replies and events go out. It ends when its host does. */

import { keepTelemetryOff } from '../base/no-telemetry.ts';
import { parentPort } from '../base/parent-port.ts';
import { loadLibrary } from '../llama/library.ts';
import { openLog } from '../log/open-log.ts';
import { DisplayRequests } from './display-requests.ts';
import { InProcessEngine } from './in-process.ts';
import { type Call, failure, type Outcome, order, type Report } from './messages.ts';

keepTelemetryOff();
const log = openLog('engine');
const port = parentPort();
const engine = new InProcessEngine();
const send = (report: Report) => port.send(report);
const displays = new DisplayRequests(send);

engine.subscribe((event, at) => {
  if (event.type === 'restarting') return; // only a host tells that
  send({ type: 'event', event, at, since: engine.since });
});
port.listen(
  (message, [transferred]) => {
    const given = order.parse(message);
    if ('display' in given) return displays.take(given, transferred);
    if ('beat' in given) return send({ type: 'beat' });
    const { id, call } = given;
    answer(call)
      .catch(failure)
      .then((outcome) => send({ type: 'reply', id, outcome }));
  },
  () => void end(),
);
// A key in the terminal reaches every process of its group; when to end is for the host to say.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void end());
// Where files may not grow on (`ulimit -f`), the write fails and says so.
process.on('SIGXFSZ', () => {});

// It takes longest of all that a watch needs, and most of that is waiting. Whoever needs it reports that it failed.
loadLibrary().catch(() => {});

async function end(): Promise<void> {
  await engine[Symbol.asyncDispose]();
  log[Symbol.dispose]();
  process.exit();
}

async function answer(call: Call): Promise<Outcome> {
  switch (call.name) {
    case 'watch':
      return {
        ok: true,
        value: void (await engine.watch(call.options, call.continuation, call.displays ? displays.open : undefined)),
      };
    case 'stop':
      return { ok: true, value: await engine.stop() };
    case 'ask':
      return { ok: true, value: await engine.ask(call.text) };
    case 'change':
      return { ok: true, value: void (await engine.change(call.change)) };
    case 'pause':
      return { ok: true, value: void (await engine.pause()) };
    case 'resume':
      return { ok: true, value: void (await engine.resume()) };
    case 'forget':
      return { ok: true, value: void (await engine.forget(call)) };
  }
}
