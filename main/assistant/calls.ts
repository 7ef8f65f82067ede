/** Whether a call goes on: somebody's microphone is open. Linux tells; elsewhere nobody is asked, and none goes on. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where ALSA tells what its devices do; PulseAudio and PipeWire record through them. */
const alsa = '/proc/asound';

/** Whether sound is being recorded from any device. @param folder for tests */
export async function microphoneInUse(folder: string = alsa): Promise<boolean> {
  const devices = await namesIn(folder, /^card\d+$/).then((cards) =>
    Promise.all(cards.map((card) => namesIn(join(folder, card), /^pcm\d+c$/, card))),
  );
  const streams = await Promise.all(devices.flat().map((device) => namesIn(join(folder, device), /^sub\d+$/, device)));
  const states = await Promise.all(
    streams.flat().map((stream) => readFile(join(folder, stream, 'status'), 'utf8').catch(() => '')),
  );
  return states.some((state) => /^state: *RUNNING/m.test(state));
}

/** Those that match, as paths below `prefix`; none where there is no such folder. */
async function namesIn(folder: string, pattern: RegExp, prefix = ''): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pattern.test(name)).map((name) => join(prefix, name));
}
