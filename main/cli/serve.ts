import { OnlookerError } from '../errors.ts';
import { number, parse, refuseWords } from './command.ts';
import { Interrupt } from './interrupt.ts';
import { print } from './standard-output.ts';

export const usage = `Usage: onlooker serve [OPTIONS]

Opens the window in a browser: for machines without Electron, remote desktops, and as a browser source in OBS. Only this
machine can reach it, and only with the address that it prints. Ctrl-C ends it.

  --port N         port on 127.0.0.1 (one that is free)
  --no-open        only print the address
  --source S       watch S for now, whatever the settings say: as "onlooker narrate" takes it
  --memory DIR     folder of the memory (the user's data folder)`;

/** `onlooker serve`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('serve', args, {
    port: { type: 'string' },
    'no-open': { type: 'boolean', default: false },
    source: { type: 'string' },
    memory: { type: 'string' },
  });
  refuseWords(positionals, 'onlooker serve');
  const port = number('port', values.port, { what: 'a port, 0 to 65535', min: 0, max: 65_535, whole: true });
  if (values.source?.trim() === '') throw new OnlookerError('usage', '--source is empty. Name what to watch.');

  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const { buildWindow } = await import('./build-window.ts');
  const { openBrowserMode } = await import('./browser-mode.ts');
  const { openBrowser } = await import('./open-browser.ts');
  using interrupt = new Interrupt();
  await buildWindow(say);
  await using mode = await openBrowserMode({ port, memory: values.memory });
  await print(mode.server.url);
  if (!values['no-open']) openBrowser(mode.server.url);
  // What fails is told in the window; the server goes on.
  mode.assistant.start(values.source).catch((error: unknown) => {
    say(error instanceof OnlookerError ? error.message : String(error));
  });
  await ended(interrupt.signal);
  return 0;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
