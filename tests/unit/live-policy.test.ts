import { describe, expect, test } from 'vitest';
import { type PolicySettings, SpeakingPolicy } from '../../main/live/policy.ts';

const plain: PolicySettings = { theta: 0.7, rearm: null, refractorySeconds: 0, repeatSeconds: 0 };

describe('speaking policy', () => {
  test('theta alone: silent at or above it', () => {
    const policy = new SpeakingPolicy(plain);
    expect([0.9, 0.7, 0.69, 0.1].map((p, i) => policy.decide(i, p))).toEqual(['silent', 'silent', 'spoke', 'spoke']);
  });

  test('two thresholds: after speaking, p(silence) must have been high once', () => {
    const policy = new SpeakingPolicy({ ...plain, rearm: 0.9 });
    expect(policy.decide(0, 0.1)).toBe('spoke');
    policy.narrated(0, 'A terminal opened.');
    expect(policy.decide(0.5, 0.2)).toBe('rearm');
    expect(policy.decide(1, 0.8)).toBe('silent');
    expect(policy.decide(1.5, 0.3)).toBe('rearm');
    expect(policy.decide(2, 0.95)).toBe('silent');
    expect(policy.decide(2.5, 0.3)).toBe('spoke');
  });

  test('refractory gap counts media time from the last narration', () => {
    const policy = new SpeakingPolicy({ ...plain, refractorySeconds: 2 });
    policy.narrated(10, 'The video stopped.');
    expect([11, 11.9, 12].map((t) => policy.decide(t, 0))).toEqual(['refractory', 'refractory', 'spoke']);
  });

  test('near-copies of what was just said are recognised, other sentences are not', () => {
    const policy = new SpeakingPolicy({ ...plain, repeatSeconds: 5 });
    policy.narrated(10, 'A terminal opened.');
    expect(policy.isRepeat(12, 'a terminal opened')).toBe(true);
    expect(policy.isRepeat(12, 'A text editor opened.')).toBe(false);
    expect(policy.isRepeat(15.5, 'A terminal opened.')).toBe(false);
  });

  test('a sentence may become a repeat for as long as it begins like one', () => {
    const policy = new SpeakingPolicy({ ...plain, repeatSeconds: 5 });
    policy.narrated(10, 'The terminal was closed.');
    expect(policy.mayRepeat(12, 'The')).toBe(true);
    expect(policy.mayRepeat(12, 'The terminal was closed.')).toBe(true);
    expect(policy.mayRepeat(12, 'The text')).toBe(false);
    expect(policy.mayRepeat(15, 'The')).toBe(false);
    expect(new SpeakingPolicy(plain).mayRepeat(12, 'The')).toBe(false);
  });

  test('chattiness: never at 0, and monotonic from 1 to 4', () => {
    const speaks = (level: 0 | 1 | 2 | 3 | 4, p: number) => new SpeakingPolicy(plain, level).decide(0, p) === 'spoke';
    const share = ([0, 1, 2, 3, 4] as const).map(
      (level) => Array.from({ length: 100 }, (_, i) => speaks(level, i / 100)).filter(Boolean).length,
    );
    expect(share[0]).toBe(0);
    expect(share).toEqual([...share].sort((a, b) => a - b));
    expect(new Set(share).size).toBe(5);
  });

  test('its state survives a snapshot, and forgetting drops what was said then', () => {
    const first = new SpeakingPolicy({ ...plain, rearm: 0.9, repeatSeconds: 60 });
    first.narrated(3, 'A menu was opened.');
    const second = new SpeakingPolicy({ ...plain, rearm: 0.9, repeatSeconds: 60 });
    second.restore(JSON.parse(JSON.stringify(first.state)));
    expect(second.decide(4, 0.1)).toBe('rearm');
    expect(second.isRepeat(4, 'A menu was opened.')).toBe(true);
    second.forget(0, 5);
    expect(second.isRepeat(4, 'A menu was opened.')).toBe(false);
  });
});
