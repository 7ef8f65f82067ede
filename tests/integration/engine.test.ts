/** The engine while it watches: asked, told, paused, covered and made to forget, in this process and in one of its own. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine, EngineEvent } from '../../main/engine/engine.ts';
import { EngineHost } from '../../main/engine/host.ts';
import { InProcessEngine } from '../../main/engine/in-process.ts';
import { NarrationControl } from '../../main/live/control.ts';
import { type NarrateOptions, narrate } from '../../main/live/narrate.ts';

const source = fileURLToPath(new URL('../fixtures/desk.mp4', import.meta.url));
const everything = { x: 0, y: 0, width: 1, height: 1 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onlooker-engine-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

function listen(engine: Engine): EngineEvent[] {
  const events: EngineEvent[] = [];
  engine.subscribe((event) => events.push(event));
  return events;
}
const of = <Type extends EngineEvent['type']>(events: readonly EngineEvent[], type: Type) =>
  events.filter((event): event is EngineEvent & { type: Type } => event.type === type);

describe.each([
  ['in this process', () => new InProcessEngine()],
  ['in a process of its own', () => new EngineHost()],
])('%s', (_, open) => {
  test('asked in mid-stream, it answers about what it has seen, word by word', async () => {
    await using engine = open();
    const events = listen(engine);
    await engine.watch({ hiding: 'none', source });
    await until(() => of(events, 'narration').length > 0);
    const answer = await engine.ask('What is on the screen?');
    expect(answer.text).toMatch(/terminal/i);
    expect(answer.t).toBe(of(events, 'frame').at(-1)!.t);
    const [narration] = of(events, 'narration');
    const words = of(events, 'speaking');
    const narrated = words.filter((each) => each.of === 'narration' && each.t === narration!.t);
    expect(narrated.length).toBeGreaterThan(1);
    for (const { text } of narrated) expect(narration!.text.startsWith(text)).toBe(true);
    expect(narrated.at(-1)!.text).toBe(narration!.text);
    expect(words.at(-1)).toMatchObject({ of: 'answer', text: answer.text, query: answer.query });
    expect(events.findIndex(({ type }) => type === 'speaking')).toBeLessThan(events.indexOf(narration!));

    const too = engine.ask('why '.repeat(400));
    await expect(too).rejects.toMatchObject({ name: 'OnlookerError', code: 'usage' });
    expect((await engine.ask('What is on the screen?')).text).not.toBe('');
  });

  test('paused, it takes no frame, still answers, and tells the pause as a gap', async () => {
    await using engine = open();
    const events = listen(engine);
    await engine.watch({ hiding: 'none', source });
    await engine.pause();
    const before = of(events, 'frame').length;
    await sleep(1200);
    expect(of(events, 'frame')).toHaveLength(before);
    expect((await engine.ask('What is on the screen?')).text).not.toBe('');
    await engine.resume();
    await until(() => of(events, 'frame').length >= before + 2);
    const { t } = of(events, 'frame')[before - 1]!;
    expect(of(events, 'gap')).toEqual([{ type: 'gap', from: t + 0.5, to: t + 0.5, reason: 'paused', dropped: 0 }]);
    expect(of(events, 'frame')[before]!.t).toBe(t + 0.5); // of a recording nothing is missed
  });

  test('previews are small pictures; a recording that is over leaves it idle', async () => {
    await using engine = open();
    const events = listen(engine);
    await engine.watch({ hiding: 'none', source, realtime: false, previews: true });
    await until(() => of(events, 'finished').length > 0);
    expect(of(events, 'finished')[0]).toMatchObject({ complete: true });
    const pictures = of(events, 'preview');
    expect(pictures.length).toBeGreaterThan(0);
    for (const { jpeg } of pictures) {
      expect([...jpeg.subarray(0, 2)]).toEqual([0xff, 0xd8]);
      expect(jpeg.length).toBeLessThan(40_000);
    }
    await expect(engine.ask('What is on the screen?')).rejects.toMatchObject({ code: 'usage' });
    expect(await engine.stop()).toBeUndefined();
  });
});

/** Runs to the end, with `steer` called on every frame. */
async function run(
  options: Partial<NarrateOptions>,
  steer: (control: NarrationControl, index: number) => Promise<unknown> | undefined = () => undefined,
  control = new NarrationControl(),
): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  const done: (Promise<unknown> | undefined)[] = [];
  const onWords = (words: EngineEvent) => events.push(words);
  for await (const event of narrate({ hiding: 'none', source, duration: 20, ...options, control, onWords })) {
    events.push(event);
    if (event.type === 'frame') done.push(steer(control, event.index));
  }
  await Promise.all(done);
  return events;
}

test('what is masked is never seen: nothing changes, nothing is encoded, nothing is said', async () => {
  const events = await run({}, undefined, new NarrationControl([everything]));
  const [first, ...rest] = of(events, 'frame');
  expect(first!.encoded).toBe(true);
  expect(rest.every(({ changed, encoded }) => changed === 0 && !encoded)).toBe(true);
  expect(of(await run({}), 'frame').filter(({ encoded }) => encoded).length).toBeGreaterThan(5);

  // From the middle on: the mask itself is the last change.
  const later = of(
    await run({ realtime: true, duration: 6 }, (control, index) => void (index === 4 && control.cover([everything]))),
    'frame',
  );
  expect(later.filter(({ index, encoded }) => encoded && index > 4).length).toBeLessThanOrEqual(1);
});

test('theta and chattiness change from one frame to the next', async () => {
  const events = await run({ realtime: true, duration: 6 }, (control, index) => {
    if (index === 0) return control.change({ chattiness: 0 });
    if (index === 6) return control.change({ chattiness: 2, theta: 0 });
    return index === 9 ? control.change({ theta: null }) : undefined;
  });
  const frames = of(events, 'frame');
  const muted = frames.filter(({ reason }) => reason === 'muted').map(({ index }) => index);
  expect(muted.length).toBeGreaterThan(2);
  expect(muted.every((index) => index <= 7)).toBe(true);
  expect(of(events, 'narration').every(({ t }) => t >= 4.5)).toBe(true);
});

test('a new instruction holds from then on, and going back to the old one as well', async () => {
  const snapshot = join(folder, 'instruction.snapshot');
  const instruction = 'Tell me only when a build fails.';
  await run({ snapshot, duration: 4, realtime: true }, (control, index) =>
    index === 3 ? control.change({ instruction }) : undefined,
  );
  expect(readFileSync(snapshot).includes(instruction)).toBe(true);
});

test('what is forgotten is in no cache, ledger or snapshot, and the stream goes on', async () => {
  const snapshot = join(folder, 'forget.snapshot');
  const options = { snapshot, snapshotEverySeconds: 0, batch: 1, realtime: true, duration: 8 } as const;
  let text = '';
  let before: Buffer | undefined;
  let after: Buffer | undefined;
  const control = new NarrationControl();
  const events: EngineEvent[] = [];
  for await (const event of narrate({ hiding: 'none', source, ...options, control })) {
    events.push(event);
    if (event.type === 'narration' && text === '') text = event.text;
    if (event.type === 'frame' && event.t === 5) {
      before = readFileSync(snapshot);
      expect(control.since).toBeLessThan(Date.now() - 4000);
      void control.forget(0, Date.now()).then(() => {
        after = readFileSync(snapshot);
      });
    }
  }
  expect(text).not.toBe('');
  expect(before!.includes(text)).toBe(true);
  expect(after!.includes(text)).toBe(false);
  const spans = (bytes: Buffer): { kind: string }[] => {
    const length = bytes.readUInt32LE(12);
    return JSON.parse(bytes.subarray(16, 16 + length).toString()).session.spans;
  };
  const seen = (bytes: Buffer) => spans(bytes).filter(({ kind }) => kind === 'frame' || kind === 'narration').length;
  expect(seen(before!)).toBeGreaterThan(5);
  expect(seen(after!)).toBeLessThanOrEqual(1); // at most a frame that was captured meanwhile
  expect(after!.length).toBeLessThan(before!.length / 2);
  expect(of(events, 'frame').at(-1)!.t).toBe(7.5);
});

test('a snapshot is gone once nothing is watched any more', async () => {
  const snapshot = join(folder, 'gone.snapshot');
  await using engine = new InProcessEngine();
  const events = listen(engine);
  await engine.watch({ hiding: 'none', source }, { snapshot, snapshotEverySeconds: 0 });
  await until(() => of(events, 'frame').length > 2);
  expect(existsSync(snapshot)).toBe(true);
  await engine.stop();
  expect(existsSync(snapshot)).toBe(false);
});
