/** `onlooker doctor --report FILE`: all that helps with a bug, in one plain text that its writer can read before sending it. */
import { homedir, release, totalmem } from 'node:os';
import { OnlookerError } from '../base/errors.ts';
import { readWhole } from '../base/read-whole.ts';
import { holdsContent, placeOf, replaceFile } from '../base/replace-file.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { visible } from '../base/terminal.ts';
import { unwritable } from '../base/unwritable.ts';
import { libraryVersions, version } from '../base/version.ts';
import { readLog } from '../log/read-log.ts';

/** The first line, by which a report is known as one. */
const title = 'Report of "onlooker doctor"';

const about = `It was written by your own hand and is sent nowhere by itself. Read it before you send it.
What is in it: what works on this machine, versions, and the end of the log - when Onlooker ran, what went wrong by code,
how fast it was. Your home folder is written as ~; other folders are named, and cameras are not.
What is not: anything of a screen. No picture, narration, question, answer or instruction, no title of a window, no
address, no name of a recording.`;

/** Lines of the log, at most: some days of use. */
const mostLines = 1000;
/** A report is far below. */
const mostBytes = 4e6;

/**
 * Writes a report for the user alone (0600).
 * @param checks what `doctor` prints
 * @throws OnlookerError `output-unwritable`, also where FILE is there already and is no report
 */
export async function writeReport(path: string, checks: readonly string[]): Promise<void> {
  try {
    await checkReportPlace(path);
    const log = readLog().map((entry) => JSON.stringify(entry));
    const cut = log.length > mostLines ? ` (the last ${mostLines} of ${log.length} lines)` : '';
    const parts = [
      `${title}\n\n${about}`,
      section('Checks', checks.map(withoutNames)),
      section('Versions', versions()),
      section(`Log${cut}`, log.slice(-mostLines)),
    ];
    await replaceFile(path, [`${parts.join('\n\n')}\n`]);
  } catch (error) {
    throw error instanceof OnlookerError ? error : unwritable(path, error, '--report');
  }
}

/** Refuses a file that is there already and is no report. @throws OnlookerError `output-unwritable` */
export async function checkReportPlace(path: string): Promise<void> {
  const place = await placeOf(path).catch((cause) => {
    throw unwritable(path, cause, '--report');
  });
  if (!(await holdsContent(place))) return;
  const old = await readWhole(path, mostBytes).catch(() => Buffer.alloc(0)); // too large for a report
  if (old.toString().startsWith(`${title}\n`)) return;
  throw new OnlookerError(
    'output-unwritable',
    `Cannot write ${path}: it is there already and is no report. Give --report the name of a new file.`,
  );
}

function section(name: string, lines: readonly string[]): string {
  return `## ${name}\n\n${lines.length > 0 ? lines.join('\n') : 'nothing'}`;
}

/** A line of `doctor` without what names the user: the home folder, cameras, what gives access to an address. */
function withoutNames(line: string): string {
  if (/^ok +Cameras /.test(line)) return 'ok       Cameras       there are some';
  return visible(withoutSecrets(line).replaceAll(homedir(), '~'));
}

function versions(): string[] {
  const system = `${process.platform} ${release()} ${process.arch}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const packages = Object.entries(libraryVersions()).map(([name, number]) => `${name} ${number}`);
  return [`onlooker ${version()}`, `Node ${process.versions.node}`, system, ...packages];
}
