/** What could be watched on this machine. */
import { basename } from 'node:path';
import type { SourceChoice } from '../../preload/contract.ts';
import { visibleLine } from '../base/terminal.ts';
import { listCameras } from '../capture/cameras.ts';
import { displaySize, output, parseMonitors } from '../capture/displays.ts';
import { findFfmpeg } from '../capture/ffmpeg-binary.ts';
import { parseWindows } from '../capture/windows.ts';
import { sampleRecording } from './sample.ts';

/** Windows offered, at most: the topmost ones. */
const mostWindows = 40;

/**
 * Screens, windows and cameras as far as this platform tells them, and the sample recording.
 * @param displays tells screens and windows where ffmpeg does not capture them
 */
export async function listSources(displays?: () => Promise<readonly SourceChoice[]>): Promise<SourceChoice[]> {
  const found = await findFfmpeg().catch(() => undefined);
  const sample = { source: sampleRecording, kind: 'recording', name: basename(sampleRecording) } as const;
  if (!found) return [sample];
  const [screens, cameras] = await Promise.all([
    displays ? displays() : listScreens(found.path),
    listCameras(found.path, process.platform).catch(() => []),
  ]);
  const windows = !displays && screens.length > 0 ? await listWindows() : [];
  return [
    ...screens,
    ...windows,
    ...cameras.map(
      ({ device, name }) => ({ source: `camera:${device}`, kind: 'camera', name: name || device }) as const,
    ),
    sample,
  ];
}

async function listScreens(ffmpeg: string): Promise<SourceChoice[]> {
  const screen = (source: string, name: string): SourceChoice => ({ source, kind: 'screen', name });
  if (process.platform === 'win32' || process.platform === 'darwin') return [screen('screen', '1')];
  const display = process.env.DISPLAY;
  const whole = await displaySize(ffmpeg, display).catch(() => undefined); // none: that is no error here
  if (!whole) return [];
  const monitors = parseMonitors(await output('xrandr', ['--display', display!, '--listmonitors']));
  if (monitors.length < 2) return [screen('screen', `${whole.width}x${whole.height}`)];
  return monitors.map(({ width, height }, i) => screen(`screen:${i}`, `${i + 1}: ${width}x${height}`));
}

async function listWindows(): Promise<SourceChoice[]> {
  const display = process.env.DISPLAY;
  if (process.platform === 'win32' || process.platform === 'darwin' || !display) return [];
  const windows = parseWindows(await output('xwininfo', ['-display', display, '-root', '-tree']));
  const titles = new Set(windows.map(({ title }) => title).filter((title) => title.trim() !== ''));
  return [...titles].slice(0, mostWindows).map((title) => ({
    source: `window:${title}`,
    kind: 'window',
    name: visibleLine(title),
  }));
}
