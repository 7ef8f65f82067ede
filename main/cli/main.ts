import { OnlookerError } from '../base/errors.ts';
import { filesOfCommand, needFiles } from '../base/open-files.ts';
import { checkCommandLine } from '../base/text-limits.ts';
import { version } from '../base/version.ts';
import type { Program } from '../log/events.ts';
import type { Command } from './command.ts';
import { report } from './report.ts';
import { print } from './standard-output.ts';

/** The commands, in the order in which help shows them. Loaded when needed: `--help` must not wait for an engine. */
const commands: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  narrate: {
    summary: 'watch a recording, a screen, a window or a camera, and say what happens',
    load: () => import('./narrate.ts'),
  },
  start: {
    summary: 'open the window and watch the screen, or the sample recording if there is none',
    load: () => import('./start.ts'),
  },
  serve: { summary: 'open the window in a browser', load: () => import('./serve.ts') },
  search: { summary: 'find moments in the memory by words and by meaning', load: () => import('./search.ts') },
  ask: { summary: 'answer a question about the past from the memory', load: () => import('./ask.ts') },
  recap: { summary: 'what happened today, or in any other span', load: () => import('./recap.ts') },
  forget: { summary: 'delete from the memory, without a trace', load: () => import('./forget.ts') },
  export: { summary: 'write all of the memory into a folder of plain files', load: () => import('./export.ts') },
  import: { summary: 'add an exported memory to this one', load: () => import('./import.ts') },
  mcp: { summary: 'serve memory and engine to programs that speak MCP', load: () => import('./mcp.ts') },
  models: { summary: 'list and verify the model bundles', load: () => import('./models.ts') },
  doctor: { summary: 'show what works on this machine and what does not', load: () => import('./doctor.ts') },
  eval: { summary: 'measure how well a bundle narrates', load: () => import('./eval.ts') },
  bench: { summary: 'measure how fast it runs', load: () => import('./bench.ts') },
};

/** Those that go on for long: why they failed can be read later. The others say it all where they are called. */
const logged = ['narrate', 'start', 'serve', 'mcp'] as const satisfies readonly Program[];

/** Runs one command line, without the program's name, and returns the exit code. Never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const { verbose, rest } = withoutVerbose(args);
  process.stderr.on('error', () => {}); // nobody reads it any more; that is no reason to stop
  // Where files may not grow on (`ulimit -f`), the write fails and says so; unheard, the signal would end the program.
  process.on('SIGXFSZ', () => {});
  try {
    checkCommandLine();
    return await dispatch(rest);
  } catch (error) {
    return report(error, { verbose });
  }
}

async function dispatch([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return say(help());
  if (name === '--version' || name === '-v') return say(version());
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    throw new OnlookerError('usage', `There is no command "${name}". Run "onlooker --help" to see what there is.`);
  }
  needFiles(filesOfCommand);
  const { usage, run } = await command.load();
  if (args.includes('--help') || args.includes('-h')) return say(usage);
  const program = logged.find((each) => each === name);
  return program ? logging(program, () => run(args)) : run(args);
}

/** Does the work of a program whose log is open. */
async function logging<T>(program: Program, work: () => Promise<T>): Promise<T> {
  const [{ openLog }, { recordFailure }] = await Promise.all([
    import('../log/open-log.ts'),
    import('../log/failures.ts'),
  ]);
  using _log = openLog(program);
  try {
    return await work();
  } catch (error) {
    recordFailure(error);
    throw error;
  }
}

function help(): string {
  const list = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`);
  return [
    'Usage: onlooker COMMAND [OPTIONS]',
    '',
    'Watches along and speaks up on its own when something happens. Everything stays on this machine.',
    '',
    ...list,
    '',
    '"onlooker COMMAND --help" shows the options; --verbose adds the cause to an error; --version.',
  ].join('\n');
}

async function say(text: string): Promise<number> {
  await print(text);
  return 0;
}

function withoutVerbose(args: readonly string[]): { verbose: boolean; rest: string[] } {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const rest = args.filter((arg, index) => arg !== '--verbose' || index > end);
  return { verbose: rest.length < args.length, rest };
}

if (import.meta.main) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
