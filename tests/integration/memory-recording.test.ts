/** Recording through the real pipeline: what the command line remembers, finds and forgets. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import type { LiveEvent } from '../../main/live/events.ts';
import { readThumbnail, thumbnailAt } from '../../main/memory/find/thumbnails.ts';
import type { Connection } from '../../main/memory/store/connection.ts';
import { unpackEmbedding } from '../../main/memory/store/embedding.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { CommandLine, eventsIn, onlooker, recording } from '../support/command-line.ts';
import { checkIntegrity, count, temporaryFolder } from '../support/memory.ts';

const folder = temporaryFolder();
const memoryOption = ['--memory', folder.path];
const watched = ['narrate', recording, '--duration', '40', '--ask-at', '15=What is open?', '--format', 'jsonl'];
let events: LiveEvent[];
let stderr: string;
let memory: Connection;

beforeAll(async () => {
  const ended = await onlooker(...watched, '--remember', ...memoryOption);
  expect(ended.code).toBe(0);
  events = eventsIn<LiveEvent>(ended.stdout);
  stderr = ended.stderr;
  memory = await openMemory({ folder: folder.path, check: true });
});
afterAll(() => {
  memory[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const ofType = <T extends LiveEvent['type']>(type: T) =>
  events.filter((event): event is LiveEvent & { type: T } => event.type === type);

test('every frame and every word is there, as it was told', () => {
  checkIntegrity(memory);
  expect(stderr).toBe('');
  const frames = memory.all('SELECT t, p_silent AS pSilent, changed, embedding IS NOT NULL AS encoded FROM frames');
  expect(frames).toEqual(
    ofType('frame').map(({ t, pSilent, changed, encoded }) => ({ t, pSilent, changed, encoded: Number(encoded) })),
  );
  const narrations = memory.all("SELECT t, text, p_silent AS pSilent FROM utterances WHERE kind = 'narration'");
  expect(narrations).toEqual(ofType('narration').map(({ t, text, pSilent }) => ({ t, text, pSilent })));
  expect(narrations.length).toBeGreaterThan(2);
  const answers = memory.all("SELECT t, query, text FROM utterances WHERE kind = 'answer'");
  expect(answers).toEqual(ofType('answer').map(({ t, query, text }) => ({ t, query, text })));
  expect(answers).toHaveLength(1);
});

test('embeddings are of unit length, and the session says what and when', async () => {
  const rows = memory.all<{ embedding: Uint8Array }>('SELECT embedding FROM frames WHERE embedding IS NOT NULL');
  for (const { embedding } of rows) expect(Math.hypot(...unpackEmbedding(embedding))).toBeCloseTo(1, 2);
  const [row, ...more] = memory.all<Record<string, unknown>>(
    'SELECT name, kind, bundle, encoder, fps, started_at, ended_at FROM sessions JOIN sources ON sources.id = source_id',
  );
  expect(more).toEqual([]);
  expect(row).toMatchObject({ name: recording, kind: 'file', bundle: 'desk-nano', fps: 2 });
  expect(row!.encoder).toBe((await openBundle()).manifest.files.vision.sha256);
  expect(Number(row!.ended_at)).toBeGreaterThan(Number(row!.started_at));
  expect(Math.abs(Date.now() - Number(row!.ended_at))).toBeLessThan(600_000);
});

test('pictures are JPEG files of the frames, some seconds apart', () => {
  const { n, width, height } = memory.get<Record<string, number>>(
    'SELECT count(*) AS n, min(width) AS width, min(height) AS height FROM thumbnails',
  )!;
  expect([width, height]).toEqual([384, 240]);
  expect(n).toBeGreaterThanOrEqual(2);
  expect(n).toBeLessThanOrEqual(5);
  const pictures = memory.all<{ id: number; t: number; session_id: number }>(
    'SELECT id, t, session_id FROM thumbnails',
  );
  const files = pictures.map(({ id }) => readThumbnail(memory, id)!);
  for (const jpeg of files) {
    expect([...jpeg.subarray(0, 3), ...jpeg.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xff, 0xd9]);
    expect(jpeg.length).toBeLessThan(30_000);
  }
  expect(new Set(files.map((jpeg) => createHash('sha256').update(jpeg).digest('hex'))).size).toBe(files.length);
  expect(thumbnailAt(memory, pictures[0]!.session_id, pictures[0]!.t)).toMatchObject({ id: pictures[0]!.id });
});

test('recording changes nothing of what is said', async () => {
  const plain = eventsIn<LiveEvent>((await onlooker(...watched)).stdout);
  const said = (all: readonly LiveEvent[]) =>
    all.flatMap((event) => (event.type === 'narration' || event.type === 'answer' ? [`${event.t} ${event.text}`] : []));
  expect(said(plain)).toEqual(said(events));
});

test('a recording that is interrupted remembers what was seen until then', async () => {
  using other = temporaryFolder();
  const args = ['narrate', recording, '--format', 'jsonl', '--realtime', '--remember', '--memory', other.path];
  const run = new CommandLine(args);
  await run.until((stdout) => (stdout.match(/"type":"frame"/g)?.length ?? 0) >= 3);
  run.child.kill('SIGINT');
  const { code, stdout } = await run.ended;
  expect(code).toBe(130);
  using kept = await openMemory({ folder: other.path, check: true });
  expect(count(kept, 'frames')).toBe(eventsIn(stdout).filter(({ type }) => type === 'frame').length);
  expect(kept.get('SELECT ended_at IS NOT NULL AS ended FROM sessions')).toMatchObject({ ended: 1 });
});

describe('the command line', () => {
  test('finds, in lines for people and as JSON', async () => {
    const text = ofType('narration')[0]!.text;
    const word = text.split(/\W+/).find(({ length }) => length > 4)!;
    const lines = await onlooker('search', word.slice(1), '--by', 'words', ...memoryOption, '--limit', '2');
    expect(lines).toMatchObject({ code: 0, stderr: '' });
    expect(lines.stdout).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}.*desk\.mp4 at \d\d:\d\d\.\d {2}\(".*" in a narration.*\)\n {2}\[/,
    );
    const found = eventsIn((await onlooker('search', word, '--json', '--day', 'today', ...memoryOption)).stdout);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatchObject({
      source: recording,
      matched: expect.anything(),
      thumbnail: { t: expect.anything() },
    });
    const nothing = await onlooker('search', 'xylophone', '--by', 'words', ...memoryOption);
    expect(nothing).toEqual({ code: 0, stdout: '', stderr: 'Nothing was found.\n' });
    expect(eventsIn((await onlooker('search', word, '--json', '--day', '2020-01-01', ...memoryOption)).stdout)).toEqual(
      [],
    );
  });

  test('finds by meaning what nobody said, and both ways at once by default', async () => {
    type Found = { from: number; utterances: unknown[]; matched: { in: string; likeness?: number }[] };
    const search = async (...args: string[]) =>
      eventsIn<Found>((await onlooker('search', ...args, '--json', ...memoryOption)).stdout);
    const [terminal] = await search('a computer screen with a terminal in front', '--by', 'meaning');
    expect(terminal).toMatchObject({ matched: [{ in: 'picture' }], utterances: expect.anything() });
    expect(terminal!.matched[0]!.likeness).toBeGreaterThan(0.4);
    const [both] = await search('terminal');
    expect(both!.matched.map((one) => one.in)).toEqual(expect.arrayContaining(['narration', 'picture']));
    expect(await search('terminal', '--by', 'meaning', '--day', '2020-01-01')).toEqual([]);
    expect(await search('terminal', '--by', 'meaning', '--source', 'camera')).toEqual([]);
    expect(await search('terminal', '--by', 'meaning', '--app', 'submarine')).toEqual([]);
    expect((await search('terminal', '--by', 'meaning', '--app', 'terminal')).length).toBeGreaterThan(0);
  });

  test('forgets, and says how much', async () => {
    const none = await onlooker('forget', '--source', 'camera', ...memoryOption);
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringMatching(/nothing of a source "camera"\. There is ".*desk/),
    ]);
    const later = await onlooker('forget', '--from', '2099-01-01', ...memoryOption);
    expect(later.stdout).toBe('Forgotten: 0 frames, 0 texts, 0 pictures.\n');
    expect(count(memory, 'frames')).toBe(80);
    const all = await onlooker('forget', '--last', '1h', ...memoryOption);
    expect([all.code, all.stdout]).toEqual([
      0,
      expect.stringMatching(/^Forgotten: 80 frames, \d+ texts, \d pictures\.\n$/),
    ]);
    expect(['sources', 'sessions', 'frames', 'utterances', 'thumbnails'].map((table) => count(memory, table))).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  test.each([
    [['search'], /What is to be found/],
    [['search', 'a', '--day', 'someday'], /--day "someday": it must be a day/],
    [['search', 'a', '--by', 'magic'], /--by "magic": it must be one of words, meaning, both/],
    [['search', 'a', '--limit', '0'], /--limit "0"/],
    [['forget'], /Forget what\?/],
    [['forget', '--all', '--last', '5m'], /--all leaves nothing out/],
    [['forget', '--last', '5m', '--to', '12:00'], /--last is a span by itself/],
    [['forget', '--last', '5'], /it must be a span/],
    [['forget', 'everything'], /What does "everything" mean/],
    [['forget', '--from', '2026-05-02', '--to', '2026-05-01'], /--from is later than --to/],
  ])('%j is refused', async (args, message) => {
    const { code, stderr: said } = await onlooker(...args, ...memoryOption);
    expect([code, said]).toEqual([2, expect.stringMatching(message)]);
  });

  test('without a memory there is an error that says how to get one', async () => {
    using empty = temporaryFolder();
    for (const args of [
      ['search', 'a'],
      ['forget', '--last', '5m'],
      ['forget', '--all'],
    ]) {
      const { code, stderr: said } = await onlooker(...args, '--memory', empty.path);
      expect([code, said]).toEqual([4, expect.stringMatching(/There is no memory in .* --remember/)]);
    }
  });
});
