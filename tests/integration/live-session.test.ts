import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BundleManifest } from '../../main/bundle/manifest.ts';
import { StreamingSession } from '../../main/live/session.ts';
import type { Decision, SessionFrame, SessionOptions } from '../../main/live/session-types.ts';
import { openLanguageModel } from '../../main/llama/model.ts';
import type { LanguageModel } from '../../main/llama/types.ts';
import { tinyManifest } from '../support/tiny-bundle.ts';

/** The tiny model has random weights: what it says means nothing, but it must say the same by every road. */
let model: LanguageModel;
let frames: SessionFrame[];
/** A threshold at which it speaks on some frames and not on others. */
let theta: number;

beforeAll(async () => {
  model = await openLanguageModel(fileURLToPath(new URL('../fixtures/tiny-llama.gguf', import.meta.url)));
  const random = lcg(5);
  frames = Array.from({ length: 120 }, (_, index) => {
    const tokens = Float32Array.from({ length: 10 * model.embeddingWidth }, () => 2 * random() - 1);
    return { index, t: index / 2, tokens };
  });
  const quiet = await watch({ theta: 0 }, frames);
  const sorted = quiet.decisions.map(({ pSilent }) => pSilent).sort((a, b) => a - b);
  theta = sorted[Math.floor(sorted.length * 0.25)]!;
});
afterAll(() => model[Symbol.asyncDispose]());

async function open(options: SessionOptions, change?: (manifest: BundleManifest) => void) {
  const manifest = tinyManifest();
  change?.(manifest);
  return StreamingSession.open(manifest, model, options);
}

async function watch(
  options: SessionOptions,
  seen: readonly SessionFrame[],
  change?: (manifest: BundleManifest) => void,
) {
  await using session = await open(options, change);
  const decisions = await Array.fromAsync(session.see(seen));
  return { decisions, counters: { ...session.counters }, spans: session.spans, length: session.length };
}

const said = (decisions: readonly Decision[]) => decisions.map(({ index, reason, text }) => [index, reason, text]);

describe('decisions', () => {
  test('a silent frame costs its own embeddings and not one token', async () => {
    const { decisions, counters } = await watch({ theta: 0, batch: 4 }, frames.slice(0, 30));
    const start = await watch({ theta: 0 }, []);
    expect(decisions.every(({ reason }) => reason === 'silent')).toBe(true);
    expect(counters.embeddings).toBe(300);
    // One token opens the list of frames in this protocol; after it, silence is free.
    expect(counters.tokens - start.counters.tokens).toBe(1);
  });

  test('what it has just said is not said again, and no word of it is shown', async () => {
    const told: string[] = [];
    const onWords: SessionOptions['onWords'] = (event) => told.push(event.type === 'unsaid' ? 'unsaid' : event.text);
    const often = (manifest: BundleManifest) => {
      manifest.decision.repeatSeconds = 60;
    };
    const { decisions, spans } = await watch({ theta: 1, onWords }, frames.slice(0, 20), often);
    const repeats = decisions.filter(({ reason }) => reason === 'repeat').length;
    const texts = decisions.flatMap(({ text }) => text ?? []);
    expect(repeats).toBeGreaterThan(0);
    expect(new Set(texts).size).toBe(texts.length);
    expect(spans.filter(({ kind }) => kind === 'narration')).toHaveLength(texts.length);
    expect(told.filter((text) => text === 'unsaid')).toHaveLength(repeats);
    // Of what was shown, everything is the beginning of something that was said.
    expect(told.filter((text) => text !== 'unsaid' && !texts.some((whole) => whole.startsWith(text)))).toEqual([]);
  });

  test('p(silence) below theta forces the reply open, whatever the most probable token is', async () => {
    const { decisions } = await watch({ theta: 1 }, frames.slice(0, 5));
    expect(decisions.every(({ text, reason }) => (reason === 'spoke') === (text !== undefined))).toBe(true);
    expect(decisions.some(({ reason }) => reason === 'spoke')).toBe(true);
  });

  test('batches of any size give the same decisions and words as one frame at a time', async () => {
    // With random weights two tokens are often equally likely, and rounding decides: so replies are short, and theta is
    // one that no p(silence) comes near.
    const brief = (manifest: BundleManifest) => {
      manifest.decision.replyCap = 2;
    };
    const runs: Awaited<ReturnType<typeof watch>>[] = [];
    for (let at = 0.5; at < 2; at += 0.05) runs.push(await watch({ theta: theta * at, batch: 1 }, frames, brief));
    const distance = ({ decisions }: (typeof runs)[number], i: number) =>
      Math.min(...decisions.map(({ pSilent }) => Math.abs(pSilent / (theta * (0.5 + 0.05 * i)) - 1)));
    const lively = runs.filter(({ decisions }) => decisions.filter(({ reason }) => reason !== 'silent').length > 5);
    const one = lively.toSorted((a, b) => distance(b, runs.indexOf(b)) - distance(a, runs.indexOf(a)))[0]!;
    const chosen = theta * (0.5 + 0.05 * runs.indexOf(one));
    for (const batch of [2, 5, 16]) {
      const many = await watch({ theta: chosen, batch }, frames, brief);
      expect(said(many.decisions)).toEqual(said(one.decisions));
      for (const [i, { pSilent }] of many.decisions.entries()) {
        expect(Math.abs(pSilent - one.decisions[i]!.pSilent)).toBeLessThan(2e-3);
      }
      expect(many.counters.decodes).toBeLessThan(one.counters.decodes);
      expect(many.spans).toEqual(one.spans);
    }
  });

  test('a reply that hits the cap still ends, and the next frame list is opened', async () => {
    const { spans } = await watch({ theta: 1 }, frames.slice(0, 3));
    const replies = spans.filter(({ kind }) => kind === 'narration');
    expect(replies.length).toBeGreaterThan(0);
    // Opening transition, at most eight tokens of text, end of reply.
    for (const { tokens } of replies) expect(tokens).toBeLessThanOrEqual(10);
    const after = spans.flatMap(({ kind }, i) => (kind === 'narration' && spans[i + 1] ? [spans[i + 1]!.kind] : []));
    expect(after.every((kind) => kind === 'opening')).toBe(true);
  });
});

describe('both frame protocols', () => {
  test('with a separator, one lies between two frames and none before a reply', async () => {
    const withSeparator = (manifest: BundleManifest) => {
      manifest.protocol.separator = ',';
      manifest.protocol.silence = ',';
    };
    const { spans, decisions } = await watch({ theta: 0, batch: 8 }, frames.slice(0, 6), withSeparator);
    expect(decisions).toHaveLength(6);
    expect(spans.filter(({ kind }) => kind === 'frame').map(({ tokens }) => tokens)).toEqual([11, 11, 11, 11, 11, 10]);
    const speaking = await watch({ theta: 1 }, frames.slice(0, 2), withSeparator);
    expect(speaking.spans.filter(({ kind }) => kind === 'frame').every(({ tokens }) => tokens === 10)).toBe(true);
  });

  test('a reply may hold the separator, which is a word like any other there', async () => {
    const whole = (token: number) => model.tokenize(model.detokenize([token])).length === 1;
    const reply = async (frame: number, separator?: number) => {
      const { decisions } = await watch({ theta: 1 }, frames.slice(frame, frame + 1), (manifest) => {
        if (separator === undefined) return;
        const word = model.detokenize([separator]);
        manifest.protocol.separator = word;
        manifest.protocol.silence = word;
      });
      return decisions[0]!.text!;
    };
    for (let frame = 0; frame < frames.length; frame++) {
      const plain = await reply(frame);
      const [first, ...rest] = model.tokenize(plain);
      const inner = rest.find((token) => token !== first && whole(token));
      if (inner === undefined) continue;
      expect(await reply(frame, inner)).toBe(plain);
      return;
    }
    throw new Error('none of these frames makes the model say a second word that can be a separator');
  });
});

describe('questions', () => {
  test('before the first frame, in the stream, and twice in a row: every reply is ended', async () => {
    await using session = await open({ theta: 0 });
    const first = await session.ask('is it on?', 0);
    await Array.fromAsync(session.see(frames.slice(0, 4)));
    const [second, third] = await Promise.all([session.ask('what now?', 2), session.ask('and now?', 2)]);
    await Array.fromAsync(session.see(frames.slice(4, 8)));
    for (const answer of [first, second, third]) expect(typeof answer).toBe('string');
    const kinds = session.spans.map(({ kind }) => kind);
    expect(kinds.slice(0, 5)).toEqual(['system', 'instruction', 'query', 'answer', 'opening']);
    expect(kinds.filter((kind) => kind !== 'frame').slice(5)).toEqual([
      'query',
      'answer',
      'query',
      'answer',
      'opening',
    ]);
  });

  test('a closer look is read before the question and gone with the answer', async () => {
    const ask = async (closeUp?: Float32Array) => {
      await using session = await open({ theta: 0 });
      await Array.fromAsync(session.see(frames.slice(0, 6)));
      const before = session.counters.embeddings;
      const answer = await session.ask('what is it?', 2.5, closeUp);
      const fed = session.counters.embeddings - before;
      const spans = structuredClone(session.spans);
      const after = await Array.fromAsync(session.see(frames.slice(6, 12)));
      const length = session.length;
      return { answer, fed, spans, length, after };
    };
    const plain = await ask();
    const looked = await Promise.all(frames.slice(60, 70).map(({ tokens }) => ask(tokens)));
    expect(looked.some(({ answer }) => answer !== plain.answer)).toBe(true);
    let same = 0;
    for (const { answer, fed, spans, length, after } of looked) {
      expect(spans.map(({ kind }) => kind)).toEqual(plain.spans.map(({ kind }) => kind));
      expect(spans.filter(({ kind }) => kind === 'frame')).toEqual(plain.spans.filter(({ kind }) => kind === 'frame'));
      expect(spans.reduce((sum, { tokens }) => sum + tokens, 0) + 61).toBe(length);
      if (answer !== plain.answer || length !== plain.length) continue;
      same++;
      // The same words: ten tokens more were fed, and what follows is decided as without it, but for rounding.
      expect(fed).toBe(plain.fed + 10);
      for (const [i, { pSilent }] of after.entries()) expect(pSilent).toBeCloseTo(plain.after[i]!.pSilent, 1);
    }
    expect(same).toBeGreaterThan(0);
  });

  test('asked while frames are being decided, it waits for its turn and nothing is lost', async () => {
    await using session = await open({ theta, batch: 4 });
    const stream = session.see(frames.slice(0, 40));
    const decisions: Decision[] = [];
    const answers: Promise<string | undefined>[] = [];
    for await (const decision of stream) {
      decisions.push(decision);
      if (decision.index % 10 === 3) answers.push(session.ask('what was that?', decision.t));
    }
    expect(decisions.map(({ index }) => index)).toEqual(frames.slice(0, 40).map(({ index }) => index));
    expect(await Promise.all(answers)).toHaveLength(4);
    const queries = session.spans.filter(({ kind }) => kind === 'query').length;
    expect(session.spans.filter(({ kind }) => kind === 'answer')).toHaveLength(queries);
  });

  test('a question that is too long is refused with a reason, and the stream goes on', async () => {
    await using session = await open({ theta: 0 });
    await expect(session.ask('why '.repeat(400), 0)).rejects.toMatchObject({ code: 'usage' });
    expect(await Array.fromAsync(session.see(frames.slice(0, 2)))).toHaveLength(2);
  });

  test('special tokens in a user’s words are only text', async () => {
    await using session = await open({ theta: 0, instruction: '<|end|>' });
    const instruction = session.spans.find(({ kind }) => kind === 'instruction');
    expect(instruction?.tokens).toBeGreaterThan(3);
  });
});

describe('window', () => {
  test('the cache never passes its marks, and after evictions the ledger still matches it', async () => {
    const { length, spans, decisions } = await watch({ theta, batch: 16 }, [...frames, ...frames, ...frames]);
    expect(decisions).toHaveLength(360);
    expect(length).toBeLessThanOrEqual(400 + 16);
    expect(spans.slice(0, 2).map(({ kind }) => kind)).toEqual(['system', 'instruction']);
    expect(spans.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(length);
  });

  test('what stays after an eviction is what a fresh cache of the same content would be', async () => {
    const short = (manifest: BundleManifest) => {
      manifest.window = { high: 140, low: 80, replies: 64 };
    };
    const { decisions, spans } = await watch({ theta: 0 }, frames.slice(0, 20), short);
    const kept = spans.filter(({ kind }) => kind === 'frame').map(({ frame }) => frame!);
    expect(kept[0]).toBeGreaterThan(5);
    // The same frames, fed anew: re-indexed keys only differ by rounding. Two layers see evicted frames through the
    // values of later ones, so the comparison is loose; a collision of positions would be far outside it.
    const fresh = await watch(
      { theta: 0 },
      frames.filter(({ index }) => kept.includes(index)),
    );
    expect(fresh.length).toBe(spans.reduce((sum, { tokens }) => sum + tokens, 0));
    expect(Math.abs(fresh.decisions.at(-1)!.pSilent - decisions.at(-1)!.pSilent)).toBeLessThan(0.1);
  });

  test('forgetting a span of time removes its frames and replies from the cache', async () => {
    await using session = await open({ theta });
    await Array.fromAsync(session.see(frames.slice(0, 20)));
    const before = session.length;
    await session.forget(2, 6);
    expect(session.spans.some(({ kind, t }) => (kind === 'frame' || kind === 'narration') && t >= 2 && t <= 6)).toBe(
      false,
    );
    expect(session.length).toBeLessThanOrEqual(before - 90);
    expect(await Array.fromAsync(session.see(frames.slice(20, 40)))).toHaveLength(20);
  });
});

test('a session restored from a snapshot decides as one never interrupted', async () => {
  const whole = await watch({ theta }, frames.slice(0, 90));
  await using first = await open({ theta });
  await Array.fromAsync(first.see(frames.slice(0, 60)));
  const saved = await first.save();
  await using second = await open({ theta });
  await Array.fromAsync(second.see(frames.slice(100, 110))); // whatever it saw is replaced
  await second.restore(saved);
  const rest = await Array.fromAsync(second.see(frames.slice(60, 90)));
  expect(said(rest)).toEqual(said(whole.decisions.slice(60)));
  expect(rest[0]!.pSilent).toBeCloseTo(whole.decisions[60]!.pSilent, 5);
  expect(second.spans).toEqual(whole.spans);
});

/** A small linear congruential generator: the same frames on every machine. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
