/** The program that makes the memory's pictures ends or stops: it is replaced, and what is missing is told. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { findFfmpeg } from '../../main/capture/ffmpeg-binary.ts';
import { JpegEncoder } from '../../main/capture/jpeg-encoder.ts';
import { gapsIn } from '../../main/memory/find/gaps.ts';
import { openRecorder } from '../../main/memory/record/recorder.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { temporaryFolder } from '../support/memory.ts';

const picture = { width: 64, height: 48, pixels: new Uint8Array(64 * 48 * 3).fill(90) };
const encoderPatience = { pictureMs: 800, restartMs: 1 };

/** Process ids of the encoders that this process has started. */
function encoders(): number[] {
  const parent = (pid: string) => /^PPid:\t(\d+)$/m.exec(read(pid, 'status'))?.[1];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parent(name) === `${process.pid}`);
  return pids.filter((pid) => read(pid, 'cmdline').includes('image2pipe')).map(Number);
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

test.skipIf(process.platform !== 'linux')(
  'killed and stopped: pictures go on, with a gap',
  { timeout: 60_000 },
  async () => {
    using folder = temporaryFolder();
    const notices: string[] = [];
    const options = { folder: folder.path, encoderPatience, thumbnails: { everySeconds: 1, apartSeconds: 1 } };
    const begun = Date.now();
    {
      await using recorder = await openRecorder({
        ...{ source: 'screen', kind: 'screen', ...options },
        onNotice: (line) => notices.push(line),
      });
      let t = 0;
      const frame = async () => {
        const embedding = new Float32Array(8).fill(0.35);
        recorder.see({ type: 'frame', index: t, t, capturedAt: performance.now(), picture, embedding } as never);
        recorder.record({
          type: 'frame',
          index: t,
          t,
          pSilent: 1,
          encoded: true,
          changed: 3,
          reason: 'silent',
          latencyMs: 1,
        });
        t++;
        await sleep(100);
      };
      recorder.record({ type: 'started', source: 'screen', bundle: 'b', fps: 2, tokensPerFrame: 10 });
      for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
        await frame();
        await until(() => encoders().length === 1);
        const [pid] = encoders();
        process.kill(pid!, signal);
        for (let frames = 0; frames < 15; frames++) await frame();
        await until(() => encoders().length === 1 && encoders()[0] !== pid);
        for (let frames = 0; frames < 5; frames++) await frame();
      }
    }
    expect(encoders()).toEqual([]);
    expect(notices.join()).toMatch(/picture for the memory could not be made/);
    using memory = await openMemory({ folder: folder.path });
    const kept = memory.all<{ t: number }>('SELECT t FROM thumbnails ORDER BY t').map(({ t }) => t);
    expect(Math.max(...kept)).toBeGreaterThan(38);
    const lost = memory.all<{ from_t: number; to_t: number; dropped: number }>(
      "SELECT from_t, to_t, dropped FROM gaps WHERE reason = 'pictures' ORDER BY id",
    );
    // All that is not there is told, and nothing else; every frame has its row all the same.
    expect(kept.length + lost.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(42);
    expect(lost.length).toBeGreaterThan(0);
    for (const { from_t, to_t } of lost)
      expect(kept.every((t) => t < from_t || t > to_t || to_t - from_t > 0)).toBe(true);
    expect(memory.all('SELECT t FROM frames')).toHaveLength(42);
    const told = gapsIn(memory, { from: begun, before: Date.now() });
    expect(told.map(({ reason }) => reason)).toEqual(lost.map(() => 'pictures'));
  },
);

test.skipIf(process.platform !== 'linux')('a stopped one is given only so many pictures', async () => {
  const { path } = await findFfmpeg();
  await using encoder = new JpegEncoder(path, picture, { pictureMs: 600, restartMs: 1 });
  await encoder.encode(picture.pixels);
  process.kill(encoders()[0]!, 'SIGSTOP');
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => encoder.encode(picture.pixels)));
  const why = outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason.message) : 'made'));
  expect(why.filter((message) => message.includes('too slow'))).toHaveLength(42);
  expect(why.filter((message) => message.includes('without a picture'))).toHaveLength(8);
  await sleep(20);
  expect((await encoder.encode(picture.pixels)).length).toBeGreaterThan(100);
});
