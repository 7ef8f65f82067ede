/** What is written on the screen corrects what is said, and is quoted: real programs, the embedded bundle and readers. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { NarrationEvent } from '../../main/live/events.ts';
import { type NarrateOptions, narrate } from '../../main/live/narrate.ts';

const recording = (name: string) =>
  fileURLToPath(new URL(`../fixtures/desk-world/recorded/videos/${name}.mp4`, import.meta.url));

async function narrations(source: string, options: Partial<NarrateOptions>): Promise<NarrationEvent[]> {
  const said: NarrationEvent[] = [];
  for await (const event of narrate({ hiding: 'none', source, ...options })) {
    if (event.type === 'narration') said.push(event);
  }
  return said;
}

test('titles are quoted, with their place, and the text is the same for every batch', async () => {
  const source = recording('desk-00080');
  const said = await narrations(source, { reading: true, duration: 12, batch: 16 });
  const texts = said.map(({ text }) => text);
  expect(texts[0]).toMatch(/^A video player opened: "film\.mp4 ?- ?mp[vV]"\.$/);
  expect(texts[1]).toMatch(/^A text editor opened: ".*letter-0\.txt \[Read Only\] ?- ?Mousepad"\.$/);
  const { read } = said[1]!;
  expect(read?.text).toContain('letter-0.txt');
  expect(read!.box.y).toBeGreaterThan(100);
  expect(read!.box.y).toBeLessThan(130);
  const single = await narrations(source, { reading: true, duration: 12, batch: 1 });
  expect(single.map(({ text }) => text)).toEqual(texts);
});

test('a dialog that the model took for a terminal is called by its title, and quoted', async () => {
  const source = recording('desk-00078');
  const options = { from: 4, duration: 3 };
  const unread = await narrations(source, options);
  expect(unread.filter(({ text }) => text.includes('message dialog'))).toEqual([]);
  const said = await narrations(source, { ...options, reading: true });
  expect(said.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^A message dialog appeared: "Copper asks the reads letter round opens question leaves open/),
  );
});

test('nothing is quoted unless it is asked for', async () => {
  for (const { text, read } of await narrations(recording('desk-00080'), { duration: 12 })) {
    expect(text).not.toContain('"');
    expect(read).toBeUndefined();
  }
});
