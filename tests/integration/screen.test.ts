import { expect, test } from 'vitest';
import type { FrameEvent, LiveEvent } from '../../main/live/events.ts';
import type { Launch } from '../../native-models/desk-world/record/director.ts';
import { VirtualDisplay } from '../../native-models/desk-world/record/virtual-display.ts';
import { newWindow, visibleWindows } from '../../native-models/desk-world/record/windows.ts';
import { CommandLine, eventsIn } from '../support/command-line.ts';
import { missingPrograms } from '../support/needs.ts';
import { ffmpegProcesses } from '../support/processes.ts';

const missing = missingPrograms('Xvfb', 'openbox', 'xterm', 'zenity', 'xdotool', 'xwininfo', 'xprop', 'ffmpeg');

/** Media time between which a window came into view. */
interface Opening {
  readonly before: number;
  readonly after: number;
}

const seconds = 40;

test.skipIf(missing)(
  `the live screen: windows that a script opens are narrated in time${missing ? ` (${missing})` : ''}`,
  async () => {
    await using display = await VirtualDisplay.start({ windowManager: 'openbox' });
    await display.run('xsetroot', ['-solid', '#31566b']);
    const env = { DISPLAY: display.name, WAYLAND_DISPLAY: '' };
    const command = new CommandLine(['narrate', 'screen', '--format', 'jsonl', '--duration', String(seconds)], { env });

    const openings = await openAndClose(display, command);
    const { code, stdout, stderr } = await command.ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(ffmpegProcesses(`-i ${display.name}+`)).toEqual([]);

    const events = eventsIn<LiveEvent>(stdout);
    const frames = events.filter((event) => event.type === 'frame');
    const narrations = events.filter((event) => event.type === 'narration');
    const finished = events.at(-1);
    expect(events[0]).toMatchObject({ type: 'started', source: 'screen', fps: 2 });
    expect(medianStep(frames)).toBeCloseTo(0.5, 1);
    expect(frames.length).toBeGreaterThan(0.9 * seconds * 2);
    expect(frames.at(-1)!.t).toBeGreaterThan(seconds - 2);

    expect(openings.length).toBeGreaterThan(2);
    const inTime = narrations.filter(({ t }) => openings.some(({ before, after }) => t >= before && t <= after + 2.5));
    expect(inTime, `narrations: ${JSON.stringify(narrations)}, openings: ${JSON.stringify(openings)}`).not.toEqual([]);
    for (const { latencyMs } of narrations) expect(latencyMs).toBeGreaterThan(0);
    expect(finished).toMatchObject({ type: 'finished', complete: true, latencyP95Ms: expect.any(Number) });
    if (finished?.type === 'finished') expect(finished.latencyP95Ms).toBeLessThanOrEqual(500);
  },
);

/** Opens one window after the other, each for some seconds, until the run has seen enough. */
async function openAndClose(display: VirtualDisplay, command: CommandLine): Promise<Opening[]> {
  const openings: Opening[] = [];
  const words = 'The server did not answer. Nothing was saved.';
  const windows: Launch[] = [
    { command: 'xterm', args: ['-geometry', '80x24+80+80', '-bg', '#10161c', '-fg', '#d8e2e8', '-e', 'sh'] },
    { command: 'zenity', args: ['--error', '--width=360', `--text=${words}`] },
    { command: 'xterm', args: ['-geometry', '90x30+300+120', '-bg', '#ffffff', '-fg', '#111111', '-e', 'sh'] },
  ];
  await until(command, 3);
  for (const [n, { command: program, args }] of windows.entries()) {
    const before = newest(command);
    const known = await visibleWindows(display);
    await using owned = display.launch(program, args);
    const shown = await newWindow(display, known);
    if (!shown) throw new Error(`${program} opened no window: ${owned.failure?.message ?? 'it may have ended'}`);
    openings.push({ before, after: newest(command) + 0.5 });
    await until(command, 10 + 10 * n); // it stays in view until then
    await owned[Symbol.asyncDispose]();
    await until(command, 13 + 10 * n);
  }
  return openings;
}

/** Resolves when the run has watched that many seconds. */
function until(command: CommandLine, t: number): Promise<void> {
  return command.until((stdout) => newest({ stdout }) >= t);
}

/** Media time of the newest frame. */
function newest({ stdout }: { readonly stdout: string }): number {
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  return eventsIn<LiveEvent>(whole).findLast((event) => event.type === 'frame')?.t ?? 0;
}

function medianStep(frames: readonly FrameEvent[]): number {
  const steps = frames.slice(1).map(({ t }, n) => t - frames[n]!.t);
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
}
