import { describe, expect, test } from 'vitest';
import { makeScenario, makeStills, type Scenario } from '../../native-models/desk-world/scenario.ts';
import vocabulary from '../../native-models/desk-world/vocabulary.json' with { type: 'json' };
import { KINDS, sentence } from '../../native-models/desk-world/vocabulary.ts';

const FRAMES = 80;
const scenarios: Scenario[] = Array.from({ length: 150 }, (_, seed) => makeScenario(seed, FRAMES));
const events = scenarios.flatMap((scenario) => scenario.events);

describe('a drawn stream', () => {
  test('is the same each time it is made from the same seed, and another from another', () => {
    expect(makeScenario(7, FRAMES)).toEqual(scenarios[7]);
    expect(makeScenario(8, FRAMES).style).not.toEqual(scenarios[7]!.style);
  });

  test('has one scene and one state for every frame, with a layer for all that is drawn', () => {
    for (const { scenes, states } of scenarios) {
      expect([scenes.length, states.length]).toEqual([FRAMES, FRAMES]);
      for (const [frame, { layers, blank }] of states.entries()) {
        const { windows, menu, notification } = scenes[frame]!;
        const drawn = blank ? 1 : windows.length + Number(menu !== null) + Number(notification !== null);
        expect(layers).toHaveLength(drawn);
      }
    }
  });

  test('keeps the words of a caption while nothing changes that it speaks of', () => {
    const changes = scenarios.map(({ states }) =>
      states.filter(({ caption }, i) => caption !== states[i - 1]?.caption),
    );
    expect(Math.max(...changes.map((each) => each.length))).toBeLessThan(FRAMES * 0.75);
  });

  test('fits an H.264 frame: even sides', () => {
    for (const { style } of scenarios) expect([style.tileWidth % 2, style.tileHeight % 2]).toEqual([0, 0]);
  });
});

describe('stills', () => {
  const stills = makeStills(5, 24);

  test('are the same each time, and each another desktop on one display', () => {
    expect(makeStills(5, 24)).toEqual(stills);
    expect(makeStills(6, 24)).not.toEqual(stills);
    const of = (what: (still: Scenario) => unknown) => new Set(stills.map((still) => JSON.stringify(what(still)))).size;
    expect(of(({ style }) => [style.width, style.height, style.tileWidth, style.tileHeight])).toBe(1);
    expect(of(({ style }) => style.wallpaper)).toBe(24);
    expect(of(({ states }) => states.at(-1)!.layers)).toBeGreaterThan(18);
  });

  test('show what a desktop comes to in the course of a stream, also with several windows', () => {
    const many = Array.from({ length: 20 }, (_, seed) => makeStills(seed, 24)).flat();
    const last = many.map(({ states }) => states.at(-1)!);
    expect(last.filter(({ open }) => open.length > 1).length).toBeGreaterThan(many.length / 4);
    expect(last.filter(({ dialog }) => dialog).length).toBeGreaterThan(many.length / 50);
    for (const { scenes, states } of many) expect(scenes).toHaveLength(states.length);
  });
});

describe('its events', () => {
  test('say what the vocabulary says', () => {
    expect(sentence('dialog-opened', 'error')).toBe('An error dialog appeared.');
    for (const { kind, subject, text } of events) {
      expect(text).toBe(sentence(kind, subject));
      expect(text).not.toContain('{');
      expect(subject === null).toBe(vocabulary.kinds[kind].subject === null);
      if (subject) expect(Object.values(vocabulary.subjects).flat()).toContain(subject);
    }
  });

  test('are at least 1.5 s apart, and none is in the first 1.5 s', () => {
    for (const scenario of scenarios) {
      let before = 0;
      for (const { frame } of scenario.events) {
        expect(frame - before).toBeGreaterThanOrEqual(3);
        before = frame;
      }
    }
  });

  test('begin to go on only where three seconds of that can be seen', () => {
    const begun = events.filter(({ kind }) => kind === 'typing-started' || kind === 'command-started');
    expect(begun.length).toBeGreaterThan(50);
    for (const { frame } of begun) expect(frame + 6).toBeLessThan(FRAMES);
  });

  test('are of every kind', () => {
    expect(new Set(events.map((event) => event.kind))).toEqual(new Set(KINDS));
  });

  test('come about once in four seconds, but some streams have none', () => {
    const apart = (scenarios.length * FRAMES) / 2 / events.length;
    expect(apart).toBeGreaterThan(3.5);
    expect(apart).toBeLessThan(6);
    const silent = scenarios.filter((scenario) => scenario.events.length === 0).length / scenarios.length;
    expect(silent).toBeGreaterThan(0.02);
    expect(silent).toBeLessThan(0.16);
  });

  test('agree with what the states say', () => {
    for (const scenario of scenarios) {
      for (const { frame, kind, subject } of scenario.events) {
        const [now, before] = [scenario.states[frame]!, scenario.states[frame - 1]!];
        if (kind === 'dialog-opened') expect([before.dialog, now.dialog]).toEqual([null, subject]);
        if (kind === 'dialog-closed') expect([before.dialog, now.dialog]).toEqual([subject, null]);
        if (kind === 'menu-opened') expect([before.menu, now.menu]).toEqual([false, true]);
        if (kind === 'menu-closed') expect([before.menu, now.menu]).toEqual([true, false]);
        if (kind === 'screen-blanked') expect([before.blank, now.blank]).toEqual([false, true]);
        if (kind === 'notification-shown') expect([before.notification, now.notification]).toEqual([false, true]);
        if (kind === 'progress-started')
          expect([before.progress === null, now.progress === null]).toEqual([true, false]);
        if (kind === 'video-started') expect([before.playing, now.playing]).toEqual([false, true]);
        if (kind === 'command-finished') expect([before.running, now.running]).toEqual([true, false]);
        if (kind === 'app-opened' || kind === 'app-switched') expect(now.front).toBe(subject);
        if (kind === 'typing-started') expect([before.typing, now.typing]).toEqual([false, true]);
      }
    }
  });
});
