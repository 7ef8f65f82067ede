import { OnlookerError } from '../base/errors.ts';
import { number, parse, refuseWords } from './command.ts';
import { print } from './standard-output.ts';

export const usage = `Usage: onlooker serve [OPTIONS]

Opens the window in a browser: for machines without Electron, remote desktops, and as a browser source in OBS. Only this
machine can reach it, and only with the address that it prints, which is good for one browser. Ctrl-C ends it.

  --port N         port on 127.0.0.1 (one that is free)
  --no-open        only print the address
  --source S       watch S for now, whatever the settings say: as "onlooker narrate" takes it
  --memory DIR     folder of the memory (the user's data folder)
  --new-address    start nothing: print another address of the one that runs (on port N)`;

/** `onlooker serve`. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--new-address')) return printNewAddress(args);
  const { open, ...options } = serveArguments('serve', args);
  const { showInBrowser } = await import('./browser-mode.ts');
  return showInBrowser({ ...options, open });
}

/** For one more browser. @throws OnlookerError `usage` */
async function printNewAddress(args: readonly string[]): Promise<number> {
  const options = { 'new-address': { type: 'boolean' }, port: serveOptions.port } as const;
  const { values, positionals } = parse('serve --new-address', args, options);
  refuseWords(positionals, 'onlooker serve --new-address');
  const { newAddress } = await import('./running-server.ts');
  await print(await newAddress(portOf(values.port)));
  return 0;
}

/** What a command line of `serve`, or of `start` without options of `narrate`, asks for. */
export interface ServeArguments {
  readonly port: number | undefined;
  /** Whether a browser is opened. */
  readonly open: boolean;
  /** Watched instead of what the settings say. */
  readonly source: string | undefined;
  readonly memory: string | undefined;
}

export const serveOptions = {
  port: { type: 'string' },
  'no-open': { type: 'boolean', default: false },
  source: { type: 'string' },
  memory: { type: 'string' },
} as const;

/** @throws OnlookerError `usage` */
export function serveArguments(command: string, args: readonly string[]): ServeArguments {
  const { values, positionals } = parse(command, args, serveOptions);
  refuseWords(positionals, `onlooker ${command}`);
  const { source, memory } = values;
  for (const [option, text] of Object.entries({ source, memory })) {
    if (text?.trim() === '')
      throw new OnlookerError('usage', `--${option} is empty. Give it a value, or leave it out.`);
  }
  return { port: portOf(values.port), open: !values['no-open'], source, memory };
}

function portOf(text: string | undefined): number | undefined {
  return number('port', text, { what: 'a port, 0 to 65535', min: 0, max: 65_535, whole: true });
}
