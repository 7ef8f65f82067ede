import { readdir, readFile } from 'node:fs/promises';
import { OnlookerError } from '../base/errors.ts';
import { ffmpegMessages } from './ffmpeg-process.ts';

export interface Camera {
  /** What ffmpeg opens. */
  readonly device: string;
  readonly name: string;
}

/** The cameras of this machine, in the system's order. */
export async function listCameras(ffmpeg: string, platform: NodeJS.Platform): Promise<Camera[]> {
  const list = async (...args: string[]) => ffmpegMessages(ffmpeg, ['-loglevel', 'info', ...args], 10_000);
  if (platform === 'win32') return parseDirectShow(await list('-list_devices', 'true', '-f', 'dshow', '-i', 'dummy'));
  if (platform === 'darwin')
    return parseAvFoundation(await list('-f', 'avfoundation', '-list_devices', 'true', '-i', ''));
  const entries = await readdir('/dev').catch(() => []);
  const numbers = entries.flatMap((entry) => /^video(\d+)$/.exec(entry)?.[1] ?? []).map(Number);
  return Promise.all(
    numbers
      .sort((a, b) => a - b)
      .map(async (number) => {
        const name = await readFile(`/sys/class/video4linux/video${number}/name`, 'utf8').catch(() => '');
        return { device: `/dev/video${number}`, name: name.trim() };
      }),
  );
}

/**
 * The camera the user means: a device path or name, a number, or a part of a name; the first one by default.
 * @throws {OnlookerError} `source-unreadable`, naming the cameras there are
 */
export function chooseCamera(cameras: readonly Camera[], wanted: string | undefined): string {
  const match =
    wanted === undefined
      ? cameras[0]
      : (cameras.find(({ device, name }) => device === wanted || name === wanted) ??
        (/^\d+$/.test(wanted) ? numbered(cameras, Number(wanted)) : undefined) ??
        cameras.find(({ name }) => name.toLowerCase().includes(wanted.toLowerCase())));
  if (match) return match.device;
  if (cameras.length === 0) {
    throw new OnlookerError('source-unreadable', 'There is no camera on this machine. Plug one in and try again.');
  }
  const known = cameras
    .map(({ device, name }) => (name && name !== device ? `${device} (${name})` : device))
    .join(', ');
  throw new OnlookerError('source-unreadable', `There is no camera "${wanted}". Known are ${known}.`);
}

function numbered(cameras: readonly Camera[], number: number): Camera | undefined {
  return (
    cameras.find(({ device }) => device === `/dev/video${number}` || device === String(number)) ??
    (cameras[0]?.device.startsWith('/dev/') ? undefined : cameras[number])
  );
}

/** Reads lines such as `[dshow @ 0x1] "HD Webcam" (video)`, and the older listing with its section headings. */
export function parseDirectShow(messages: string): Camera[] {
  let section = 'video';
  const cameras: Camera[] = [];
  for (const line of messages.split('\n')) {
    if (/DirectShow (video|audio) devices/.test(line)) section = line.includes('video devices') ? 'video' : 'audio';
    const [, name, kind = section] = /\] +"(.+)"(?: \((\w+)\))?/.exec(line) ?? [];
    if (name && kind === 'video' && !line.includes('Alternative name')) cameras.push({ device: name, name });
  }
  return cameras;
}

/** Reads lines such as `[AVFoundation indev @ 0x1] [0] FaceTime HD Camera` of the video section; screens are left out. */
export function parseAvFoundation(messages: string): Camera[] {
  const video = messages.split(/AVFoundation audio devices/)[0] ?? '';
  return [...video.matchAll(/\] \[(\d+)\] (.+)$/gm)]
    .map(([, device = '', name = '']) => ({ device, name: name.trim() }))
    .filter(({ name }) => !name.startsWith('Capture screen'));
}
