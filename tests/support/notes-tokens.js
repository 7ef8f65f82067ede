/**
 * Preloaded into every Node process (`--import`): one that is the engine's writes down, in the file ONLOOKER_TOKENS, when
 * each text left it, as a line `[media time, text, milliseconds since 1970]`.
 */
import { appendFileSync } from 'node:fs';

const { send } = process;
if (send) {
  process.send = function (message, ...rest) {
    const { event } = message;
    if ((event?.type === 'speaking' || event?.type === 'narration') && event.text.trim() !== '') {
      const note = [event.t, event.text.trim(), performance.timeOrigin + performance.now()];
      appendFileSync(process.env.ONLOOKER_TOKENS, `${JSON.stringify(note)}\n`);
    }
    return send.call(this, message, ...rest);
  };
}
