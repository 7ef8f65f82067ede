import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AllowedSources } from '../../main/server/allowed-sources.ts';

test('a yes is for the file that a link led to, not for where it is turned afterwards', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onlooker-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [allowed, secret, link] = ['allowed.mp4', 'secret.mp4', 'link.mp4'].map((name) => join(folder, name));
  for (const file of [allowed!, secret!]) await writeFile(file, '');
  await symlink(allowed!, link!);
  const answers = [true, false];
  const sources = new AllowedSources({
    consent: async () => ({ sources: [], desktop: false }),
    ask: async () => answers.shift()!,
  });
  expect(await sources.allows(link!)).toBe(false); // nobody is asked by it
  await sources.check(link!);
  expect(await sources.allows(link!)).toBe(true);
  await sources.check(link!); // is not asked twice
  expect(answers).toEqual([false]);
  await rm(link!);
  await symlink(secret!, link!);
  await expect(sources.check(link!)).rejects.toMatchObject({ code: 'usage' });
});
