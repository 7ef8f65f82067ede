/**
 * Bundles whose sizes, hashes and formats are right, and that would crash native code, never end, or take all memory. Each
 * is refused with a code, by this process, which goes on.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBundle } from '../../main/bundle/open/open-bundle.ts';
import { openLocalModel } from '../../main/chat/local-model.ts';
import { CommandLine, launcher } from '../support/command-line.ts';
import { f32, type GgufParts, ggufText, ggufType, putTogether, takeApart, u32, withEntry } from '../support/gguf.ts';
import { describe as describeFile, tinyFiles, writeTinyBundle } from '../support/tiny-bundle.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const model = fixture('tiny-llama.gguf');
const adapter = fixture('tiny-adapter.gguf');

let home: string;
let folder: string;
let bundle: string;
const cache = process.env.XDG_CACHE_HOME;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'onlooker-tried-'));
  process.env.XDG_CACHE_HOME = home; // nothing here has been tried before
});
afterAll(() => {
  if (cache === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cache;
  rmSync(home, { recursive: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onlooker-hostile-'));
  bundle = join(folder, 'tiny');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function refusal(files: Partial<Awaited<ReturnType<typeof tinyFiles>>>): Promise<unknown> {
  await writeTinyBundle(bundle, undefined, { ...(await tinyFiles()), ...files });
  return openBundle(bundle).then(
    () => expect.unreachable('the bundle was taken'),
    (error: unknown) => error,
  );
}

const number = (key: string, value: number) => withEntry(model, key, ggufType.uint32, u32(value));
const float = (key: string, value: number) => withEntry(model, key, ggufType.float32, f32(value));
/** The file with something changed in its parts. */
function changed(file: Buffer, change: (parts: GgufParts) => void): Buffer {
  const parts = takeApart(Buffer.from(file));
  change(parts);
  return putTogether(parts);
}
/** Another element of the list of tokens; texts of a list lie one behind the other, after its type and length. */
const renamedToken = (file: Buffer, from: string, to: string) =>
  changed(file, ({ entries }) => {
    const tokens = entries.find(({ key }) => key === 'tokenizer.ggml.tokens')!;
    const at = tokens.value.indexOf(ggufText(from));
    tokens.value = Buffer.concat([
      tokens.value.subarray(0, at),
      ggufText(to),
      tokens.value.subarray(at + ggufText(from).length),
    ]);
  });

test.each<[string, () => Buffer, RegExp]>([
  ['more blocks than there are', () => number('llama.block_count', 3), /block_count|blk\.2/],
  ['a number of blocks that would fill the memory', () => number('llama.block_count', 0x7fff_ffff), /block_count/],
  ['no heads', () => number('llama.attention.head_count', 0), /head_count/],
  ['heads that cannot share those of the keys', () => number('llama.attention.head_count_kv', 3), /share/],
  ['heads that do not divide the width', () => number('llama.attention.head_count', 7), /divided/],
  ['a rotation that is longer than a key', () => number('llama.rope.dimension_count', 512), /rope/],
  ['an epsilon below zero', () => float('llama.attention.layer_norm_rms_epsilon', -1e-5), /epsilon/],
  ['an epsilon that is no number', () => float('llama.attention.layer_norm_rms_epsilon', Number.NaN), /epsilon/],
  ['a token that is there twice', () => renamedToken(model, 'Ġt', 'th'), /"th" twice/],
  [
    'tokens that are numbers',
    () =>
      withEntry(
        model,
        'tokenizer.ggml.tokens',
        ggufType.list,
        Buffer.concat([u32(ggufType.uint32), u32(276), u32(0), Buffer.alloc(4 * 276)]),
      ),
    /list of text/,
  ],
  [
    'token types that are texts',
    () =>
      withEntry(
        model,
        'tokenizer.ggml.token_type',
        ggufType.list,
        Buffer.concat([u32(ggufType.text), u32(276), u32(0), ...Array(276).fill(ggufText('a'))]),
      ),
    /list of int32/,
  ],
  [
    'too few token types',
    () =>
      withEntry(
        model,
        'tokenizer.ggml.token_type',
        ggufType.list,
        Buffer.concat([u32(ggufType.int32), u32(2), u32(0), Buffer.alloc(8)]),
      ),
    /2 entries for 276/,
  ],
  ['no tokenizer', () => withEntry(model, 'tokenizer.ggml.model', ggufType.text, ggufText('none')), /no tokenizer/],
  [
    'a weight of a type that is only for sums',
    () => changed(model, ({ tensors }) => (tensors[5]!.type = 24)),
    /type i8|cut short/,
  ],
  [
    'a norm of another type',
    () =>
      changed(model, ({ tensors }) =>
        Object.assign(tensors.find(({ name }) => name === 'output_norm.weight')!, { type: 1, data: Buffer.alloc(128) }),
      ),
    /must be f32/,
  ],
  [
    'a tensor of another shape',
    () =>
      changed(model, ({ tensors }) =>
        tensors
          .find(({ name }) => name === 'blk.0.attn_q.weight')!
          .shape.reverse()
          .splice(0, 1, 32n),
      ),
    /attn_q/,
  ],
  ['a tensor without length', () => changed(model, ({ tensors }) => (tensors[3]!.shape[0] = 0n)), /\[0, /],
  ['a missing tensor', () => changed(model, ({ tensors }) => tensors.pop()), /has no tensor/],
  ['a key that is there twice', () => changed(model, ({ entries }) => entries.push(entries[5]!)), /twice/],
])('a language model with %s', async (_name, file, why) => {
  expect(await refusal({ 'language.gguf': file() })).toMatchObject({
    exitCode: 4,
    message: expect.stringMatching(why),
  });
});

test.each<[string, () => Buffer, RegExp]>([
  ['an alpha that is no float', () => withEntry(adapter, 'adapter.lora.alpha', ggufType.bool, Buffer.of(1)), /alpha/],
  [
    'an alpha that is no number',
    () => withEntry(adapter, 'adapter.lora.alpha', ggufType.float32, f32(Number.NaN)),
    /alpha/,
  ],
  ['half of a pair', () => changed(adapter, ({ tensors }) => tensors.pop()), /belongs to nothing/],
  [
    'a tensor for what the model has not',
    () => changed(adapter, ({ tensors }) => Object.assign(tensors[0]!, { name: 'blk.0.attn_x.weight.lora_a' })),
    /belongs to nothing/,
  ],
  ['a quantised tensor', () => changed(adapter, ({ tensors }) => (tensors[0]!.type = 26)), /type i32/],
])('an adapter with %s', async (_name, file, why) => {
  writeFileSync(join(folder, 'adapter.gguf'), file());
  await writeTinyBundle(bundle, (manifest) => {
    manifest.files.adapter = describeFile('adapter.gguf', { 'adapter.gguf': file() });
  });
  writeFileSync(join(bundle, 'adapter.gguf'), file());
  await expect(openBundle(bundle)).rejects.toMatchObject({ exitCode: 4, message: expect.stringMatching(why) });
});

test('what nothing here knows to be wrong crashes, waits or grows elsewhere, and is told with exit code 4', async () => {
  // A tokenizer of another kind, with all that it is known to need: llama.cpp ends the process over a text.
  const other = changed(withEntry(model, 'tokenizer.ggml.model', ggufType.text, ggufText('llama')), ({ entries }) =>
    entries.push({
      key: 'tokenizer.ggml.scores',
      type: ggufType.list,
      value: Buffer.concat([u32(ggufType.float32), u32(276), u32(0), Buffer.alloc(4 * 276)]),
    }),
  );
  const spelled = renamedToken(other, 'error', '<0x0A>');
  const weights = changed(model, ({ tensors }) => tensors[4]!.data.fill(0xff));
  const made: readonly [Parameters<typeof refusal>[0], RegExp][] = [
    [{ 'language.gguf': spelled }, /SIGABRT|SIGSEGV/],
    [{ 'language.gguf': weights }, /language\.gguf/],
    [{ 'vision.onnx': fixture('nan-vision.onnx') }, /not numbers/],
    [{ 'vision.onnx': fixture('greedy-vision.onnx') }, /not usable.*SIGKILL|vision/],
    [{ 'vision.onnx': fixture('endless-vision.onnx') }, /not usable.*SIGKILL/],
  ];
  for (const [files, why] of made) {
    const began = performance.now();
    expect(await refusal(files)).toMatchObject({ exitCode: 4, message: expect.stringMatching(why) });
    expect(performance.now() - began).toBeLessThan(40_000);
  }
});

test('a chat model that would end the process does so elsewhere, and is a failure that is told', async () => {
  const path = join(folder, 'chat.gguf');
  writeFileSync(path, number('llama.block_count', 0x7fff_ffff));
  await using chat = openLocalModel({ model: path });
  const form = { first: 1, last: 1, most: 1 };
  await expect(chat.reply({ system: 'Answer.', user: 'Hello.', form })).rejects.toThrow(
    /not usable.*(SIGABRT|SIGSEGV)/,
  );
});

test('the command line tells it in one line, and tries a good bundle only once', async () => {
  await writeTinyBundle(bundle);
  const began = performance.now();
  await openBundle(bundle);
  const first = performance.now() - began;
  await openBundle(bundle);
  expect(performance.now() - began - first).toBeLessThan(first / 2);

  await writeTinyBundle(bundle, undefined, { ...(await tinyFiles()), 'vision.onnx': fixture('nan-vision.onnx') });
  const clip = new URL('../fixtures/desk.mp4', import.meta.url).pathname;
  const { code, stdout, stderr } = await new CommandLine(['narrate', clip, '--bundle', bundle]).ended;
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toMatch(/^onlooker: [^\n]*not numbers[^\n]*\n$/);
});

/** A field of a message in the protobuf encoding, whose type is bytes, text or another message. */
const field = (number: number, ...parts: (string | Buffer)[]) => {
  const value = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.of((number << 3) | 2, value.length), value]);
};

test('weights in another file, which no manifest has a hash of, are not read, wherever the program is started', async () => {
  const entry = field(13, field(1, 'location'), field(2, 'beside.bin'));
  // A vector of one float32, and a node that uses it. What follows a message is merged into it.
  const tensor = field(5, Buffer.of(0x08, 1, 0x10, 1), field(8, 'beside'), entry, Buffer.of(0x70, 1));
  const node = field(1, field(1, 'beside'), field(2, 'unused'), field(4, 'Identity'));
  const vision = Buffer.concat([fixture('tiny-vision.onnx'), field(7, tensor, node)]);
  await writeTinyBundle(bundle, undefined, { ...(await tinyFiles()), 'vision.onnx': vision });
  writeFileSync(join(bundle, 'beside.bin'), Buffer.alloc(4));
  const { status, stderr } = spawnSync(process.execPath, [launcher, 'models', 'verify', '.'], {
    ...{ cwd: bundle, encoding: 'utf8' },
  });
  expect([status, stderr]).toEqual([
    4,
    expect.stringMatching(/^onlooker: vision\.onnx is not a whole .*External.*\n$/),
  ]);
});
