import { cpus } from 'node:os';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { visibleLine } from '../base/terminal.ts';
import { openBundle } from '../bundle/open/open-bundle.ts';
import { listCameras } from '../capture/cameras.ts';
import { findFfmpeg } from '../capture/ffmpeg-binary.ts';
import { logFolder } from '../log/log-files.ts';
import { failureCounts, readLog } from '../log/read-log.ts';
import { parse } from './command.ts';
import { display } from './display.ts';
import { checkReportPlace, writeReport } from './doctor-report.ts';
import { print } from './standard-output.ts';

export const usage = `Usage: onlooker doctor [--bundle NAME|DIR] [--report FILE]

Shows what works on this machine. Ends with 0 if recordings can be narrated; a display, cameras, a memory and a log
are extras.

  --bundle NAME|DIR  model bundle (desk-nano)
  --report FILE      also write this, versions and the log into a new FILE, to go with a report of a bug`;

interface Check {
  readonly name: string;
  /** Whether narrating a recording needs it. */
  readonly needed: boolean;
  /** What was found, in words; throws what is wrong. */
  readonly look: () => Promise<string>;
}

/** `onlooker doctor`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parse('doctor', args, { bundle: { type: 'string' }, report: { type: 'string' } });
  if (values.report?.trim() === '') throw new OnlookerError('usage', '--report is empty. Give it the name of a file.');
  if (values.report !== undefined) await checkReportPlace(values.report); // before it takes its time
  const lines: string[] = [];
  const say = async (line: string) => {
    lines.push(line);
    await print(line);
  };
  let exitCode = 0;
  for (const { name, needed, look } of checks(values.bundle)) {
    try {
      await say(`ok       ${name.padEnd(13)} ${await look()}`);
    } catch (error) {
      await say(`${needed ? 'FAILED  ' : 'none    '} ${name.padEnd(13)} ${visibleLine(errorMessage(error))}`);
      if (needed && exitCode === 0) exitCode = error instanceof OnlookerError ? error.exitCode : 70;
    }
  }
  if (values.report !== undefined) {
    await writeReport(values.report, lines);
    await print(`The report is ${values.report}. Read it before you send it.`);
  }
  return exitCode;
}

function checks(bundleName: string | undefined): Check[] {
  return [
    { name: 'Node', needed: true, look: async () => `${process.version} on ${process.platform} ${process.arch}` },
    { name: 'ffmpeg', needed: true, look: ffmpeg },
    { name: 'llama.cpp', needed: true, look: llama },
    { name: 'Bundle', needed: true, look: () => bundle(bundleName) },
    { name: 'ONNX Runtime', needed: true, look: () => encoder(bundleName) },
    { name: 'Display', needed: false, look: display },
    { name: 'Cameras', needed: false, look: cameras },
    { name: 'Memory', needed: false, look: memory },
    { name: 'Log', needed: false, look: log },
  ];
}

async function ffmpeg(): Promise<string> {
  const found = await findFfmpeg();
  return [`${found.version}, ${found.origin} (${found.path})`, found.note].filter(Boolean).join('. ');
}

async function llama(): Promise<string> {
  const { loadLibrary } = await import('../llama/library.ts');
  const library = await loadLibrary();
  const devices = library.offloads ? 'a GPU and' : 'no GPU,';
  return `${library.functions.llama_version()}, ${devices} ${cpus().length} CPU cores`;
}

async function bundle(name: string | undefined): Promise<string> {
  const { manifest, folder } = await openBundle(name);
  return `${manifest.name} ${manifest.version} (${folder})`;
}

async function encoder(name: string | undefined): Promise<string> {
  const { openVisionEncoder } = await import('../vision/open-encoder.ts');
  await using opened = await openVisionEncoder(await openBundle(name));
  return opened.provider;
}

async function cameras(): Promise<string> {
  const found = await listCameras((await findFfmpeg()).path, process.platform);
  if (found.length === 0) throw new Error('There is no camera.');
  return found.map(({ device, name }) => (name && name !== device ? `${device} (${name})` : device)).join(', ');
}

async function memory(): Promise<string> {
  const { openMemory } = await import('../memory/store/open-memory.ts');
  const { countFrames } = await import('../memory/find/timeline.ts');
  const { usedBytes } = await import('../memory/forget/retention.ts');
  using opened = await openMemory();
  return `${countFrames(opened)} frames, ${(usedBytes(opened) / 1e6).toFixed(1)} MB (${opened.folder})`;
}

async function log(): Promise<string> {
  const entries = readLog();
  if (entries[0] === undefined) throw new Error(`There is none yet (${logFolder()}).`);
  const failures = failureCounts(entries).map(([code, count]) => `${count} ${code}`);
  const since = entries[0].at.slice(0, 10);
  return `${failures.length > 0 ? `failures since ${since}: ${failures.join(', ')}` : `no failure since ${since}`} (${logFolder()})`;
}
