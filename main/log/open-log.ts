/** Opens the log for a program and for its threads. */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { version } from '../base/version.ts';
import { allowedFields, type Level, levels, logEvents, type Program } from './events.ts';
import { recordFailure } from './failures.ts';
import { appendLine, logFolder } from './log-files.ts';
import { type Recorded, record, recorded } from './record.ts';

/** By which a thread knows that the log of its program is open. */
const ofProgram = 'onlooker.log';

/**
 * Writes what this process records from now on into the log, beginning with versions; and what ends it unexpectedly. What
 * cannot be written is lost without a word: no program stops for its log. `ONLOOKER_LOG` says how much is written: `error`,
 * `warn`, `info` (default), `debug`, or `off`.
 * @param folder default the user's
 */
export function openLog(program: Program, folder: string = logFolder()): Disposable {
  setEnvironmentData(ofProgram, { program, folder });
  const written = writeLog(program, folder);
  process.on('uncaughtExceptionMonitor', recordFailure);
  const { node, electron } = process.versions;
  record('started', { version: version(), node, ...(electron && { electron }), platform: platformName() });
  return {
    [Symbol.dispose]: () => {
      record('ended', { seconds: Math.round(process.uptime()) });
      process.off('uncaughtExceptionMonitor', recordFailure);
      setEnvironmentData(ofProgram, undefined);
      written[Symbol.dispose]();
    },
  };
}

/** On a worker thread: writes what it records into the log of its program, if that is open. */
export function joinLog(): void {
  const opened = getEnvironmentData(ofProgram) as { program: Program; folder: string } | undefined;
  if (opened) writeLog(opened.program, opened.folder);
}

function writeLog(program: Program, folder: string): Disposable {
  const wanted = wantedLevels(process.env.ONLOOKER_LOG);
  const write = (message: unknown) => {
    try {
      const { event, fields } = message as Recorded;
      const [level] = logEvents[event];
      if (!wanted.includes(level)) return;
      const head = { at: new Date().toISOString(), level, program, pid: process.pid, event };
      appendLine(JSON.stringify({ ...head, ...allowedFields(event, fields) }), folder);
    } catch {
      // a full disk, a folder that cannot be written
    }
  };
  recorded.subscribe(write);
  return { [Symbol.dispose]: () => void recorded.unsubscribe(write) };
}

function wantedLevels(named: string | undefined): readonly Level[] {
  if (named === 'off') return [];
  const most = levels.indexOf(named as Level);
  return levels.slice(0, (most < 0 ? levels.indexOf('info') : most) + 1);
}

function platformName(): 'linux' | 'darwin' | 'win32' | 'other' {
  const { platform } = process;
  return platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other';
}
