/** What the assistant makes of events and settings, without an engine. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { microphoneInUse } from '../../main/assistant/calls.ts';
import { onBattery } from '../../main/assistant/power-supply.ts';
import { Speeches } from '../../main/assistant/speeches.ts';
import { StatusBoard } from '../../main/assistant/status-board.ts';
import { paceFor } from '../../main/server/news-pace.ts';
import { sameToken } from '../../main/server/token.ts';
import { settingsEffects } from '../../main/settings/settings-effects.ts';
import { defaultSettings, settingsChange } from '../../main/settings/settings-schema.ts';
import type { Moment, Speech, Status } from '../../preload/contract.ts';
import { temporaryFolder } from '../support/memory.ts';

function speeches() {
  const told: Speech[] = [];
  return { told, speeches: new Speeches((speech) => told.push(speech)) };
}

test('a speech keeps its id from the first word to the last', () => {
  const { told, speeches: desk } = speeches();
  desk.on({ type: 'speaking', of: 'narration', t: 1, text: 'A' }, 100);
  desk.on({ type: 'speaking', of: 'narration', t: 1, text: 'A door' }, 110);
  desk.on({ type: 'narration', t: 1, text: 'A door.', pSilent: 0.2, latencyMs: 1 }, 120);
  desk.on({ type: 'narration', t: 2, text: 'Whole at once.', pSilent: 0.1, latencyMs: 1 }, 200);
  expect(told.map(({ id, text, done }) => [id, text, done])).toEqual([
    [1, 'A', false],
    [1, 'A door', false],
    [1, 'A door.', true],
    [2, 'Whole at once.', true],
  ]);
  expect(desk.all).toMatchObject([{ id: 1, at: 120, pSilent: 0.2 }, { id: 2 }]);
});

test('what is taken back is empty and done, and forgotten', () => {
  const { told, speeches: desk } = speeches();
  desk.on({ type: 'speaking', of: 'narration', t: 1, text: 'Again' }, 100);
  desk.on({ type: 'unsaid', t: 1 }, 110);
  expect(told.at(-1)).toMatchObject({ id: 1, text: '', done: true });
  expect(desk.all).toEqual([]);
});

test('an answer and a narration may be on their way at the same time', () => {
  const { speeches: desk } = speeches();
  const id = desk.openAnswer('Why?', 0);
  desk.on({ type: 'speaking', of: 'narration', t: 1, text: 'A' }, 100);
  desk.on({ type: 'answer', t: 1, query: 'Why?', text: 'Because.', latencyMs: 1 }, 110);
  desk.closeAnswer(id);
  expect(desk.all).toMatchObject([
    { id, text: 'Because.', done: true },
    { kind: 'narration', done: false },
  ]);
  desk.openAnswer('And now?', 0);
  desk.closeAll();
  expect(desk.all.map(({ text, done }) => [text, done])).toEqual([
    ['Because.', true],
    ['A', true],
  ]);
});

test('an answer goes with the moments that it rests on, wherever it is shown', () => {
  const { told, speeches: desk } = speeches();
  const moment = (at: number): Moment => ({
    ...{ session: 1, source: 'screen', from: 1, to: 1, at, matched: [] },
    utterances: [{ t: 1, at, kind: 'narration', text: 'A secret.' }],
  });
  const ids = [1000, 5000].map((at) => {
    const id = desk.openAnswer('What was there?', 0);
    desk.closeAnswer(id, { text: 'A secret.', moments: [moment(at)] });
    return id;
  });
  desk.forget({ from: 500, before: 2000 });
  expect(told.at(-1)).toMatchObject({ id: ids[0], text: '', done: true });
  expect(told.at(-1)?.moments ?? []).toEqual([]);
  expect(desk.all).toMatchObject([{ id: ids[1], text: 'A secret.' }]);
});

const idle: Status = {
  ...{ state: 'idle', source: null, bundle: 'b', lastFrameAt: null, theta: 0.5, pausedUntil: null },
  ...{ snoozedUntil: null, filtering: false, remembering: false, message: null },
};

test('a live source that gives no frame for five seconds has stalled, and recovers', () => {
  const told: Status[] = [];
  const board = new StatusBoard(idle, (status) => told.push(status));
  board.starting('screen', true);
  board.tick(1e9);
  expect(board.status.state).toBe('starting');
  board.frame(1000);
  board.tick(6000);
  expect(board.status.state).toBe('watching');
  board.tick(6001);
  expect(board.status.state).toBe('stalled');
  board.frame(7000);
  expect(board.status).toMatchObject({ state: 'watching', message: null, lastFrameAt: 7000 });
  expect(told.map(({ state }) => state)).toEqual(['starting', 'watching', 'stalled', 'watching']);
});

test('a recording that ends, or is slow, has not stalled', () => {
  const board = new StatusBoard(idle, () => {});
  board.starting('desk.mp4', false);
  board.frame(1000);
  board.tick(100_000);
  expect(board.status.state).toBe('watching');
});

test('what a change of settings brings about', () => {
  const effects = (change: object) => settingsEffects(defaultSettings, { ...defaultSettings, ...change });
  expect(effects({ theta: 0.3, voice: true })).toEqual({ limits: false, watching: 'none' });
  expect(effects({ source: 'screen', bundle: 'other' }).watching).toBe('watch');
  expect(effects({ bundle: 'other' }).watching).toBe('restart');
  expect(effects({ keepDays: 7 }).limits).toBe(true);
});

test('the defaults are settings', () => {
  expect(settingsChange.parse(defaultSettings)).toEqual(defaultSettings);
});

test('a microphone that is open is a call', async () => {
  using folder = temporaryFolder();
  const stream = join(folder.path, 'card0', 'pcm0c', 'sub0');
  mkdirSync(stream, { recursive: true });
  expect(await microphoneInUse(join(folder.path, 'none'))).toBe(false);
  writeFileSync(join(stream, 'status'), 'closed\n');
  expect(await microphoneInUse(folder.path)).toBe(false);
  writeFileSync(join(stream, 'status'), 'state: RUNNING\nowner_pid   : 1234\n');
  expect(await microphoneInUse(folder.path)).toBe(true);
});

test('a machine runs on its battery while that is being emptied and nothing else feeds it', async () => {
  using folder = temporaryFolder();
  const supply = (name: string, files: Record<string, string>) => {
    mkdirSync(join(folder.path, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder.path, name, file), `${text}\n`);
  };
  expect(await onBattery(join(folder.path, 'none'))).toBe(false);
  supply('BAT0', { type: 'Battery', status: 'Discharging' });
  supply('AC', { type: 'Mains', online: '0' });
  expect(await onBattery(folder.path)).toBe(true);
  supply('AC', { type: 'Mains', online: '1' });
  expect(await onBattery(folder.path)).toBe(false);
  supply('AC', { type: 'Mains', online: '0' });
  supply('BAT0', { type: 'Battery', status: 'Full' });
  supply('hidpp_battery_0', { type: 'Battery', status: 'Discharging', scope: 'Device' });
  expect(await onBattery(folder.path)).toBe(false);
});

test('a slow reader is spared what the next news replaces, and then goes', () => {
  const frame = { type: 'frame', at: 0, t: 0, pSilent: 1, reason: 'silent', latencyMs: 1 } as const;
  const notice = { type: 'notice', code: 'a', message: 'b' } as const;
  expect([paceFor(frame, 0), paceFor(frame, 300_000), paceFor(notice, 300_000)]).toEqual(['send', 'drop', 'send']);
  expect(paceFor(notice, 5_000_000)).toBe('close');
});

test('tokens are the same or not', () => {
  expect([sameToken('abc', 'abc'), sameToken('abc', 'abd'), sameToken('abc', ''), sameToken('abc', undefined)]).toEqual(
    [...[true, false, false, false]],
  );
});
