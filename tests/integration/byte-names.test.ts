import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { meantPath, TextPath } from '../../main/base/byte-names.ts';
import { locateFfmpeg } from '../../main/capture/ffmpeg-binary.ts';

const folder = mkdtempSync(join(tmpdir(), 'onlooker-names-'));
const path = (name: string) => join(folder, name);
/** A path in the folder by its bytes, one a character. */
const bytes = (name: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
const listing = (name: string) => readdirSync(bytes(name), { encoding: 'latin1' }).sort();
const launcher = resolve(import.meta.dirname, '../../main/cli/onlooker.js');

/** Runs the command line in the folder; `words` are bash's, so that any byte can be in them. */
function onlooker(words: string, env: NodeJS.ProcessEnv = {}) {
  const options = {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE: process.execPath, L: launcher, ...env },
  } as const;
  return spawnSync('bash', ['-c', `"$NODE" "$L" ${words}`], options);
}

afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(process.platform === 'linux')('names of files that are no UTF-8', () => {
  beforeAll(async () => {
    const { path: ffmpeg } = await locateFfmpeg();
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=320x200:r=10:d=1'];
    execFileSync(ffmpeg, ['-loglevel', 'error', ...picture, '-c:v', 'libx264', '-preset', 'ultrafast', path('a.mp4')]);
    mkdirSync(bytes('d\xe9'));
    copyFileSync(path('a.mp4'), bytes('caf\xe9.mp4'));
    copyFileSync(path('a.mp4'), bytes('d\xe9/\xff\xfe.mp4'));
  }, 30_000);

  test('are found by what is left of them, where it is enough', () => {
    expect(meantPath(path('caf\ufffd.mp4'))).toEqual(bytes('caf\xe9.mp4'));
    expect(meantPath(path('d\ufffd/\ufffd\ufffd.mp4'))).toEqual(bytes('d\xe9/\xff\xfe.mp4'));
    for (const name of ['a.mp4', 'none\ufffd.mp4', 'd\ufffd/none.mp4']) {
      const meant = meantPath(path(name));
      expect(meant.toString().endsWith(name)).toBe(true);
    }
    writeFileSync(bytes('two\xe8'), '');
    writeFileSync(bytes('two\xe9'), '');
    expect(meantPath(path('two\ufffd'))).toBe(path('two\ufffd'));
    writeFileSync(path('two\ufffd'), ''); // that is its very name
    expect(meantPath(path('two\ufffd'))).toBe(path('two\ufffd'));
  });

  test('can be opened by other programs under another name, as long as it is held', async () => {
    let name: string;
    {
      await using held = await TextPath.of(bytes('caf\xe9.mp4'));
      name = held.text;
      expect(readFileSync(name)).toEqual(readFileSync(path('a.mp4')));
    }
    expect(existsSync(name)).toBe(false);
  });

  test('are read and written as they were typed, each kind of file, old ones replaced', () => {
    writeFileSync(bytes('o\xe8.srt'), 'another one, whose name looks alike');
    writeFileSync(bytes('o\xe9.srt'), 'from before');
    const out = `--out $'o\\xe9.srt' --out=$'d\\xe9/\\xfd.jsonl' --out $'d\\xe9/v\\xfd.mp4' --snapshot $'s\\xfd'`;
    const { status, stderr } = onlooker(`narrate $'caf\\xe9.mp4' --ask-at 0=What? ${out}`);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(listing('')).toEqual(expect.arrayContaining(['o\xe8.srt', 'o\xe9.srt', 's\xfd']));
    expect(listing('').filter((name) => name.includes('part') || name.includes('\ufffd.'))).toEqual([]);
    expect(readFileSync(bytes('o\xe9.srt'), 'utf8')).toContain('What?');
    expect(readFileSync(bytes('o\xe8.srt'), 'utf8')).toContain('another one');
    expect(listing('d\xe9')).toEqual(['v\xfd.mp4', '\xfd.jsonl', '\xff\xfe.mp4']);
  });

  test('are the source itself where they are, and are told apart', () => {
    expect(onlooker(`narrate $'caf\\xe9.mp4' --out $'caf\\xe9.mp4'`).stderr).toContain('the source itself');
    const { status } = onlooker(`narrate $'d\\xe9/\\xff\\xfe.mp4' --resume $'s\\xfd' --out $'e\\xfd.srt'`);
    expect(status).toBe(0);
  });
});

test('a name that a terminal would obey is written out, in every line', () => {
  for (const words of [
    `--verbose narrate $'a\\x1b[31m.mp4'`,
    `--verbose narrate $'a\\x9b31m\\x07.mp4' --format jsonl`,
    `--verbose eval --data $'n\\x1b[2J'`,
    `--verbose narrate --$'x\\x1b[2J'`,
  ]) {
    const { stdout, stderr } = spawnSync('bash', ['-c', `"$NODE" "$L" ${words}`], {
      encoding: 'latin1',
      env: { ...process.env, NODE: process.execPath, L: launcher },
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]|\u00c2[\u0080-\u009f]/);
    expect(stdout + stderr).toMatch(/\\u00|\u00ef\u00bf\u00bd/);
  }
});

test.runIf(process.platform === 'linux')('a bundle is one line of the listings, whatever its folder is called', () => {
  const data = path('data');
  const forged = 'real\nforged           1.0          1.0 MB\u001b[2J';
  mkdirSync(join(data, 'onlooker', 'bundles', forged), { recursive: true });
  for (const action of ['list', 'verify']) {
    const { status, stdout, stderr } = onlooker(`models ${action}`, { XDG_DATA_HOME: data });
    expect({ status, stderr }).toMatchObject({ status: action === 'list' ? 0 : 4 });
    const lines = (stdout + stderr).trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('forged'))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('real forged'))).toHaveLength(1);
    expect(stdout + stderr).not.toContain('\u001b');
  }
});
