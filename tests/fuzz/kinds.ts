/**
 * Files of strangers, damaged so that sizes, hashes and checksums still fit. Each kind makes one from a seed and gives it
 * to the command line, as a user would.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../main/cli/main.ts';
import { readDataSet } from '../../main/evaluation/data-set.ts';
import { frameState, unframeState } from '../../main/llama/cache-state.ts';
import { openMemory } from '../../main/memory/store/open-memory.ts';
import { SettingsFile } from '../../main/settings/settings-file.ts';
import { defaultSettings } from '../../main/settings/settings-schema.ts';
import { type GgufParts, ggufText, putTogether, takeApart, u32 } from '../support/gguf.ts';
import { describe, tinyManifest } from '../support/tiny-bundle.ts';
import { mutateBytes, mutateJson } from './mutations.ts';
import type { Random } from './random.ts';

/** What has been made once for all cases: a bundle, a snapshot, a memory, an export and a clip. */
export interface Material {
  readonly folder: string;
  readonly clip: string;
  readonly snapshot: string;
  readonly memory: string;
  readonly exported: string;
}

/** Makes a damaged file in `folder` and reads it. Resolves to an exit code, or rejects. */
export type Kind = (random: Random, folder: string, material: Material) => Promise<number>;

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const narrate = (clip: string, ...options: string[]) =>
  main(['narrate', clip, '--duration', '1', '--format', 'jsonl', ...options]);

/** A bundle of these files; `manifest` is the text of bundle.json. */
function bundle(folder: string, files: Readonly<Record<string, Buffer>>, text?: string): string {
  const manifest = tinyManifest();
  const all: Readonly<Record<string, Buffer>> = {
    'language.gguf': fixture('tiny-llama.gguf'),
    'vision.onnx': fixture('tiny-vision.onnx'),
    ...files,
  };
  Object.assign(manifest.files, {
    language: describe('language.gguf', all),
    vision: describe('vision.onnx', all),
    ...('adapter.gguf' in all && { adapter: describe('adapter.gguf', all) }),
    ...('close-up.onnx' in all && { closeUp: describe('close-up.onnx', all) }),
  });
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(all)) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'bundle.json'), text ?? JSON.stringify(manifest));
  return folder;
}

/** Metadata and tensors changed so that the file stays whole, or bytes changed so that it does not. */
function damagedGguf(random: Random, file: Buffer): Buffer {
  if (random.chance(0.3)) return mutateBytes(random, file);
  const parts = takeApart(Buffer.from(file));
  for (let i = 0; i <= random.below(3); i++) damageParts(random, parts);
  return putTogether(parts);
}

function damageParts(random: Random, { entries, tensors }: GgufParts): void {
  const entry = random.pick(entries);
  const tensor = random.pick(tensors);
  switch (random.below(9)) {
    case 0:
      if (entry.value.length > 8) entry.value = mutateBytes(random, entry.value).subarray(0, entry.value.length);
      break;
    case 1:
    case 2:
      if ([4, 5, 6].includes(entry.type)) {
        entry.value = u32(random.pick([0, 1, 3, 7, 100, 1e6, 0x7fff_ffff, 0xffff_ffff, 0x7fc0_0000, 0xbf80_0000]));
      }
      break;
    case 3:
      if (entry.value.length === 4) entry.type = random.pick([4, 5, 6]);
      break;
    case 4:
      entry.key = random.pick(entries).key;
      break;
    case 5:
      if (entry.type === 8)
        entry.value = ggufText(random.pick(['llama', 'qwen2', 'gpt2', 'bert', 't5', '', 'none', 'x']));
      break;
    case 6:
      tensor.shape[random.below(tensor.shape.length)] = BigInt(random.pick([0, 1, 2, 32, 64, 96, 1e9, 2 ** 40]));
      break;
    case 7:
      tensor.type = random.pick([0, 1, 2, 8, 9, 15, 24, 28, 30, 39, 99]);
      break;
    default:
      tensor.data = Buffer.from(tensor.data).fill(random.pick([0, 0x7c, 0xff]), random.below(tensor.data.length));
  }
}

function damagedSnapshot(random: Random, file: Buffer): Buffer {
  const length = file.readUInt32LE(12);
  let head = file.subarray(16, 16 + length);
  let cache: Buffer = file.subarray(16 + length, -32);
  if (random.chance(0.5)) head = Buffer.from(mutateJson(random, JSON.parse(head.toString())));
  else {
    const { cells, payload } = unframeState(Uint8Array.from(cache));
    const most = random.chance(0.8) ? 16 + 12 * cells + 40 : payload.length;
    const front = mutateBytes(random, payload.subarray(0, most));
    cache = Buffer.from(
      frameState(random.chance(0.1) ? random.below(2 ** 31) : cells, Buffer.concat([front, payload.subarray(most)])),
    );
  }
  const prefix = Buffer.from(file.subarray(0, 16));
  prefix.writeUInt32LE(random.chance(0.05) ? random.below(2 ** 32) : head.length, 12);
  const body = Buffer.concat([prefix, head, cache]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

const tables = [
  'sources',
  'sessions',
  'frames',
  'thumbnails',
  'utterances',
  'gaps',
  'retention',
  'stretch_blocks',
  'bin_blocks',
];
const oddValues = [
  "'x'",
  "''",
  'NULL',
  '-1',
  '1e300',
  '-9e18',
  '9007199254740993',
  "x'00ff'",
  "CAST(x'ff' AS TEXT)",
  'zeroblob(100000)',
  '9e999',
];

/** Rows that no version of the program writes, or pages that are noise. */
async function damageMemory(random: Random, folder: string): Promise<void> {
  if (random.chance(0.15)) {
    const path = join(folder, 'memory.db');
    writeFileSync(path, mutateBytes(random, readFileSync(path)));
    return;
  }
  using memory = await openMemory({ folder });
  memory.script('PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON');
  const nullable =
    "UPDATE sqlite_master SET sql = replace(replace(sql, ' NOT NULL', ''), 'REFERENCES', '/**/ REFERENCES')";
  for (let i = 0; i <= random.below(3); i++) {
    const table = random.pick(tables);
    const columns = memory.all<{ name: Uint8Array }>(
      `SELECT CAST(name AS BLOB) AS name FROM pragma_table_info('${table}')`,
    );
    if (columns.length === 0) continue; // dropped before
    const column = Buffer.from(random.pick(columns).name).toString();
    const some = random.chance(0.5) ? '' : ' WHERE rowid % 2 = 1';
    const change = random.pick([
      `UPDATE ${table} SET ${column} = ${random.pick(oddValues)}${some}`,
      `UPDATE ${table} SET ${column} = ${random.pick(oddValues)}${some}`,
      `DELETE FROM ${table}${some}`,
      ...(random.chance(0.2) ? [`DROP TABLE ${table}`, nullable, `PRAGMA user_version = ${random.below(5)}`] : []),
    ]);
    try {
      memory.script(change);
    } catch {
      // a constraint that holds: nothing was damaged by this one
    }
  }
}

const lookAt: readonly ((memory: string, out: string) => string[])[] = [
  (memory) => ['search', 'terminal', '--by', 'words', '--memory', memory],
  (memory) => ['search', 'happened', '--json', '--answers', '--memory', memory],
  (memory) => ['recap', '--since', '2026-05-01', '--memory', memory],
  (memory) => ['ask', 'What happened on 2026-05-01?', '--memory', memory],
  (memory) => ['ask', 'When did I see a terminal?', '--memory', memory],
  (memory, out) => ['export', '--out', out, '--memory', memory],
  (memory) => ['forget', '--last', '1h', '--memory', memory],
];

/** Runs commands one behind the other; the first code that is not documented, else the last one. */
async function all(commands: readonly string[][]): Promise<number> {
  let code = 0;
  for (const command of commands) {
    code = await main(command);
    if (!allowedCodes.includes(code)) return code;
  }
  return code;
}

/** Exit codes of the documentation, but the one of a defect. */
export const allowedCodes: readonly number[] = [0, 2, 3, 4, 5];

export const kinds: Readonly<Record<string, Kind>> = {
  manifest: (random, folder, { clip }) => {
    bundle(folder, {});
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8'));
    return narrate(clip, '--bundle', bundle(folder, {}, mutateJson(random, manifest)));
  },
  gguf: (random, folder, { clip }) =>
    narrate(clip, '--bundle', bundle(folder, { 'language.gguf': damagedGguf(random, fixture('tiny-llama.gguf')) })),
  adapter: (random, folder, { clip }) =>
    narrate(clip, '--bundle', bundle(folder, { 'adapter.gguf': damagedGguf(random, fixture('tiny-adapter.gguf')) })),
  onnx: (random, folder, { clip }) => {
    const name = random.pick(['vision.onnx', 'close-up.onnx'] as const);
    const damaged = mutateBytes(random, fixture(`tiny-${name}`));
    return narrate(clip, '--bundle', bundle(folder, { [name]: damaged }));
  },
  snapshot: (random, folder, { clip, snapshot, folder: made }) => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'damaged.snapshot');
    writeFileSync(path, damagedSnapshot(random, readFileSync(snapshot)));
    return main(['narrate', clip, '--bundle', join(made, 'tiny'), '--duration', '2', '--resume', path]);
  },
  memory: async (random, folder, { memory }) => {
    cpSync(memory, folder, { recursive: true });
    await damageMemory(random, folder);
    return all(lookAt.map((command) => command(folder, join(folder, 'out'))));
  },
  export: (random, folder, { exported }) => {
    const damaged = join(folder, 'exported');
    cpSync(exported, damaged, { recursive: true });
    const name = random.pick([
      'onlooker-memory.json',
      'sessions.jsonl',
      'frames.jsonl',
      'utterances.jsonl',
      'sources.jsonl',
      'gaps.jsonl',
    ]);
    const path = join(damaged, name);
    const whole = readFileSync(path, 'utf8');
    const lines = name.endsWith('.jsonl') ? whole.split('\n').slice(0, -1) : [whole];
    const at = random.below(Math.max(1, lines.length));
    if (lines[at] !== undefined) lines[at] = mutateJson(random, JSON.parse(lines[at]));
    const text = random.chance(0.1) ? mutateBytes(random, Buffer.from(whole)) : Buffer.from(`${lines.join('\n')}\n`);
    writeFileSync(path, text);
    if (name.endsWith('.jsonl')) {
      const manifest = readFileSync(join(damaged, 'onlooker-memory.json'), 'utf8');
      const json = JSON.parse(manifest) as { tables: Record<string, { sha256: string }> };
      json.tables[name.replace('.jsonl', '')]!.sha256 = createHash('sha256').update(text).digest('hex');
      writeFileSync(join(damaged, 'onlooker-memory.json'), JSON.stringify(json));
    }
    const memory = join(folder, 'memory');
    return all([
      ['import', damaged, '--memory', memory],
      ...lookAt.slice(0, 6).map((command) => command(memory, join(folder, 'out'))),
    ]);
  },
  settings: async (random, folder) => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'settings.json');
    const text = mutateJson(random, defaultSettings);
    writeFileSync(path, random.chance(0.2) ? mutateBytes(random, Buffer.from(text)) : text);
    const settings = await SettingsFile.open(path);
    await settings.change({ theta: 0.5 });
    return 0;
  },
  annotations: async (random, folder) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'a.mp4'), '');
    const lines = [
      { video: 'a.mp4', t: 1, kind: 'open', subject: 'terminal' },
      { video: 'a.mp4', t: 2, query: 'What is it?', answer: 'A terminal.' },
      { video: 'a.mp4', t: 0, kind: 'instruction', text: 'Only tell me about errors.' },
    ].map((line) => (random.chance(0.5) ? mutateJson(random, line) : JSON.stringify(line)));
    writeFileSync(join(folder, 'annotations.jsonl'), mutateBytesSometimes(random, lines.join('\n')));
    await readDataSet(folder);
    return 0;
  },
  mp4: (random, folder, { clip, folder: made }) => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'damaged.mp4');
    writeFileSync(path, mutateBytes(random, readFileSync(clip)));
    return narrate(path, '--bundle', join(made, 'tiny'));
  },
};

function mutateBytesSometimes(random: Random, text: string): Buffer {
  return random.chance(0.2) ? mutateBytes(random, Buffer.from(text)) : Buffer.from(text);
}
