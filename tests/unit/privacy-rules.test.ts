import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { passwordManagers } from '../../main/capture/exclusions.ts';
import { followRules, hidingFor } from '../../main/settings/privacy-rules.ts';
import { temporaryFolder } from '../support/memory.ts';

test('a screen is watched under the rules of the settings, or not at all where they cannot be read', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'settings.json');
  // Nobody has set anything yet.
  expect(await hidingFor('screen', path)).toMatchObject({ hiddenApps: passwordManagers, hidePrivateBrowsing: true });
  writeFileSync(path, '{"hiddenTitles": ["bank"], "chattiness": 99}');
  expect(await hidingFor('window:Letter', path)).toMatchObject({
    hiddenTitles: ['bank'],
    hiddenApps: passwordManagers,
  });
  for (const damaged of ['{"strictPrivacy": "yes"}', '{"hiddenApps": ["x"', '[]', '']) {
    writeFileSync(path, damaged);
    await expect(hidingFor('screen:1', path)).rejects.toMatchObject({ code: 'settings-unusable' });
    // What shows no desktop has no need of them.
    expect(await hidingFor('film.mp4', path)).toBe('none');
    expect(await hidingFor('camera', path)).toBe('none');
  }
  // A folder in its place.
  await expect(hidingFor('screen', folder.path)).rejects.toMatchObject({ code: 'settings-unusable' });
});

test('rules that change are told; a file that is gone or damaged changes nothing', { timeout: 15_000 }, async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'settings.json');
  const told: (readonly string[])[] = [];
  using _ = followRules(({ hiddenTitles }) => void told.push(hiddenTitles), path);
  writeFileSync(path, '{"hiddenTitles": ["bank"]}');
  await expect.poll(() => told, { timeout: 5000 }).toEqual([['bank']]);
  writeFileSync(path, '{"hiddenTitles": 7}');
  await setTimeout(1300);
  rmSync(path);
  await setTimeout(1300);
  writeFileSync(path, '{"hiddenTitles": [], "chattiness": 99}');
  await expect.poll(() => told, { timeout: 5000 }).toEqual([['bank'], []]);
});
