import { cpus } from 'node:os';
import { OnlookerError } from '../base/errors.ts';
import { visibleLine } from '../base/terminal.ts';
import { openBundle } from '../bundle/open/open-bundle.ts';
import { listCameras } from '../capture/cameras.ts';
import { findFfmpeg } from '../capture/ffmpeg-binary.ts';
import { parse } from './command.ts';
import { display } from './display.ts';
import { print } from './standard-output.ts';

export const usage = `Usage: onlooker doctor [--bundle NAME|DIR]

Shows what works on this machine. Ends with 0 if recordings can be narrated; a display, cameras and a memory are
extras.`;

interface Check {
  readonly name: string;
  /** Whether narrating a recording needs it. */
  readonly needed: boolean;
  /** What was found, in words; throws what is wrong. */
  readonly look: () => Promise<string>;
}

/** `onlooker doctor`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parse('doctor', args, { bundle: { type: 'string' } });
  let exitCode = 0;
  for (const { name, needed, look } of checks(values.bundle)) {
    try {
      await print(`ok       ${name.padEnd(13)} ${await look()}`);
    } catch (error) {
      await print(`${needed ? 'FAILED  ' : 'none    '} ${name.padEnd(13)} ${visibleLine(messageOf(error))}`);
      if (needed && exitCode === 0) exitCode = error instanceof OnlookerError ? error.exitCode : 70;
    }
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
