import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { handleCrashes } from '../../main/desktop/crashes.ts';
import { keyStoreWarning, systemKeyStore } from '../../main/desktop/key-store.ts';
import { autostartFile, setAutostart } from '../../main/desktop/login-item.ts';
import { nothingRemembered, placeOverlay, type RememberedPlaces, remember } from '../../main/desktop/overlay-place.ts';
import { needsConsent } from '../../main/desktop/screen-access.ts';
import { lightOf } from '../../main/desktop/tray-icon.ts';
import { checkForUpdates, isNewer } from '../../main/desktop/update-check.ts';
import { WatchedArea } from '../../main/desktop/watched-area.ts';
import { keyFile } from '../../main/memory/store/key.ts';
import { freshnessOf } from '../../renderer/src/state/freshness.ts';
import { startShell } from '../support/desktop.ts';
import * as electron from '../support/electron-stand-in.ts';
import { filesWith } from '../support/memory.ts';

vi.mock('electron', () => import('../support/electron-stand-in.ts'));

const { standIn, BrowserWindow, Tray, app, globalShortcut, powerMonitor, screen } = electron;

beforeEach(() => standIn.reset());

const windowNamed = (name: string) =>
  BrowserWindow.all.findLast(
    (window) => !window.isDestroyed() && window.webContents.getURL().includes(`/${name}.html`),
  )!;

const notices = (name: string) =>
  windowNamed(name)
    .webContents.sent.map(({ args }) => args[0] as { type: string; code?: string })
    .filter(({ type }) => type === 'notice')
    .map(({ code }) => code);

describe('start', () => {
  test('the overlay lies over everything, takes no keyboard and shows in no task bar', async () => {
    await using shell = await startShell();
    const overlay = windowNamed('overlay');
    expect(overlay.options).toMatchObject({ transparent: true, frame: false, skipTaskbar: true, focusable: false });
    expect(overlay.state).toMatchObject({ visible: true, focused: false, onTop: 'screen-saver', ignoresMouse: false });
    expect(shell.assistant.inputs('cover').at(-1)).toMatchObject({ area: { width: expect.any(Number) } });
  });

  test('somebody new is welcomed, and sees nothing else', async () => {
    await using shell = await startShell({ welcomed: false, settings: { source: null } });
    expect(shell.assistant.ended).toBe(false);
    expect(BrowserWindow.all.map((window) => window.webContents.getURL())).toEqual(['onlooker://app/welcome.html']);
  });

  test('a second one starts nothing; the first one shows itself', async () => {
    {
      await using _shell = await startShell();
      windowNamed('overlay').hide();
      app.emit('second-instance');
      await expect.poll(() => windowNamed('overlay').isVisible()).toBe(true);
    }
    standIn.reset();
    standIn.singleInstance = false;
    await using _second = await startShell();
    expect(BrowserWindow.all).toEqual([]);
  });

  test('what was started ends with it', async () => {
    const { assistant, ...shell } = await startShell();
    await shell[Symbol.asyncDispose]();
    expect(assistant.ended).toBe(true);
    expect(Tray.all.every((tray) => tray.destroyed)).toBe(true);
    expect(BrowserWindow.getAllWindows()).toEqual([]);
    expect(globalShortcut.held.size).toBe(0);
    expect(electron.ipcMain.handlers.size).toBe(0);
    for (const emitter of [app, screen, powerMonitor]) expect(emitter.eventNames()).toEqual([]);
  });
});

describe('the overlay', () => {
  test('takes the keyboard for a question only, and gives it back', async () => {
    await using shell = await startShell();
    const overlay = windowNamed('overlay');
    const ask = shell.assistant.hello.settings.shortcuts.ask;
    globalShortcut.held.get(ask)!();
    await expect.poll(() => overlay.state.focused).toBe(true);
    overlay.webContents.emit('before-input-event', {}, { type: 'keyUp', key: 'Escape' });
    expect(overlay.state).toMatchObject({ focusable: false, focused: false });

    globalShortcut.held.get(ask)!();
    await expect.poll(() => overlay.state.focused).toBe(true);
    await invoke('ask', { text: 'What happened?' });
    expect(overlay.state).toMatchObject({ focusable: false, focused: false });
    expect(shell.assistant.inputs('ask')).toEqual([{ text: 'What happened?' }]);
  });

  test('lets clicks through when it is told to, with `forward` where that exists', async () => {
    await using linux = await startShell({ settings: { clickThrough: true } });
    expect(standIn.argsOf('setIgnoreMouseEvents').at(-1)).toEqual([true, undefined]);
    linux.assistant.settings({ clickThrough: false });
    expect(windowNamed('overlay').state.ignoresMouse).toBe(false);
    await linux[Symbol.asyncDispose]();
    standIn.reset();
    await using _mac = await startShell({ settings: { clickThrough: true }, platform: 'darwin' });
    expect(standIn.argsOf('setIgnoreMouseEvents').at(-1)).toEqual([true, { forward: true }]);
  });

  test('goes inside when its monitor goes, and back when it comes again', async () => {
    const second = electron.display(2, 1920, 0, 2560, 1440);
    screen.displays = [...screen.displays, second];
    await using shell = await startShell();
    const overlay = windowNamed('overlay');
    overlay.setBounds({ x: 2500, y: 300 });
    expect(shell.assistant.inputs('cover').at(-1)).toEqual({ area: null });
    screen.displays = screen.displays.slice(0, 1);
    screen.emit('display-removed');
    expect(overlay.getBounds().x + overlay.getBounds().width).toBeLessThanOrEqual(1920);
    expect(shell.assistant.inputs('cover').at(-1)).not.toEqual({ area: null });
    screen.displays = [...screen.displays, second];
    screen.emit('display-added');
    expect(overlay.getBounds()).toMatchObject({ x: 2500, y: 300 });
  });

  test('its place is on the disk once the program has ended', async () => {
    {
      await using _shell = await startShell();
      for (const x of [300, 400, 500]) windowNamed('overlay').setBounds({ x, y: 300 });
    }
    const stored: unknown = JSON.parse(readFileSync(join(standIn.userData, 'overlay.json'), 'utf8'));
    expect(Object.values((stored as RememberedPlaces).places)).toMatchObject([{ x: 500 }]);
    expect(readdirSync(standIn.userData)).not.toContainEqual(expect.stringMatching(/part$/));
  });

  test('a place is remembered for each monitor, and survives damage', () => {
    const monitor = (key: string, x: number) => ({
      id: key,
      key,
      label: key,
      bounds: { x, y: 0, width: 1000, height: 800 },
      workArea: { x, y: 0, width: 1000, height: 760 },
    });
    const [a, b] = [monitor('a', 0), monitor('b', 1000)];
    const size = { width: 400, height: 200 };
    expect(placeOverlay([a], nothingRemembered, size)).toEqual({ x: 576, y: 536, ...size });
    let places = remember(nothingRemembered, a, { x: 10, y: 20, ...size });
    places = remember(places, b, { x: 1500, y: 300, ...size });
    expect(placeOverlay([a, b], places, size)).toMatchObject({ x: 1500, y: 300 });
    expect(placeOverlay([a], places, size)).toMatchObject({ x: 10, y: 20 });
    const far = { last: 'a', places: { a: { x: 90_000, y: -5, width: 5000, height: 1 } } };
    expect(placeOverlay([a], far, size)).toEqual({ x: 0, y: 0, width: 1000, height: 96 });
  });

  test('the watched part is that of the same monitor when they change places', () => {
    const place = (id: string, x: number) => {
      const bounds = { x, y: 0, width: 1000, height: 800 };
      return { id, key: id, label: id, bounds, workArea: bounds };
    };
    const [a, b] = [place('a', 0), place('b', 1000)];
    const watched = new WatchedArea();
    expect(watched.of('screen:1', [a, b])).toEqual(b.bounds);
    expect(watched.of('screen:1', [b, a])).toEqual(b.bounds);
    expect(watched.of('screen:1', [a])).toBeUndefined();
    expect(watched.of('screen:1', [a, place('b', 3000)])?.x).toBe(3000);
    expect(watched.of('screen', [b, a])).toEqual(b.bounds);
    expect(watched.of('screen:1', [b, a])).toEqual(a.bounds);
    expect(watched.of('camera', [b, a])).toBeUndefined();
  });

  test('a crash of its page: clicks are not held back, and it is loaded again, ever later', async () => {
    await using _shell = await startShell();
    const { webContents } = windowNamed('overlay');
    standIn.calls.length = 0;
    const crash = () => webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    crash();
    expect(standIn.argsOf('setIgnoreMouseEvents')[0]?.[0]).toBe(false);
    await expect.poll(() => standIn.argsOf('webContents.reload')).toHaveLength(1);
    crash();
    expect(standIn.argsOf('webContents.reload')).toHaveLength(1);
    await expect.poll(() => standIn.argsOf('webContents.reload'), { timeout: 2000 }).toHaveLength(2);
  });
});

describe('the tray', () => {
  const items = () => Tray.all[0]!.menu!.items;
  const item = (label: RegExp, within = items()) => within.find((each) => label.test(each.label ?? ''))!;
  const icon = () => (Tray.all[0]!.image as { path: string }).path;

  test('its colour is the age of the last frame', () => {
    const light = (state: 'watching' | 'stalled' | 'paused' | 'failed' | 'idle' | 'starting', age: number | null) =>
      lightOf({ state, lastFrameAt: age === null ? null : 100_000 - age }, 100_000);
    expect(light('watching', 500)).toBe('green');
    expect(light('watching', 8000)).toBe('amber');
    expect(light('watching', 30_000)).toBe('red');
    expect(light('stalled', 500)).toBe('amber');
    expect(light('starting', null)).toBe('amber');
    expect(light('paused', 500)).toBe('grey');
    expect(light('idle', null)).toBe('grey');
    expect(light('failed', 0)).toBe('red');
  });

  test('it says the same as the dot in the window', () => {
    const colours = { fresh: 'green', late: 'amber', lost: 'red', paused: 'grey' } as const;
    const states = ['idle', 'starting', 'watching', 'paused', 'stalled', 'restarting', 'failed'] as const;
    for (const state of states) {
      for (const age of [null, 0, 4999, 5000, 5001, 19_999, 20_000]) {
        const status = { state, lastFrameAt: age === null ? null : 100_000 - age };
        expect([status, colours[freshnessOf(status, 100_000)]]).toEqual([status, lightOf(status, 100_000)]);
      }
    }
  });

  test('there is one, and its menu is set again after each change', async () => {
    await using shell = await startShell();
    await expect.poll(() => item(/^Watch$/).submenu?.[0]?.label).toBe('Screen && more');
    expect(icon()).toBe('/icons/tray-green.png');
    const before = standIn.argsOf('setContextMenu').length;
    shell.assistant.status({ state: 'paused' });
    expect(standIn.argsOf('setContextMenu')).toHaveLength(before + 1);
    expect(icon()).toBe('/icons/tray-grey.png');
    expect(item(/Resume/)).toBeDefined();
    shell.assistant.status({ state: 'watching', lastFrameAt: Date.now() - 60_000, filtering: true });
    expect(icon()).toBe('/icons/tray-red.png');
    expect(item(/hidden/)).toBeDefined();
    expect(Tray.all).toHaveLength(1);
  });

  test('that something is hidden, or power is saved, stands in the menu while it is so', async () => {
    await using shell = await startShell();
    const labels = () => items().map(({ label }) => label);
    expect(labels()).not.toContain('Saving power: it looks less often');
    shell.assistant.status({ saving: true, filtering: true });
    expect(labels()).toEqual(
      expect.arrayContaining(['Part of the screen is hidden', 'Saving power: it looks less often']),
    );
    shell.assistant.status({ saving: false });
    expect(labels()).not.toContain('Saving power: it looks less often');
  });

  test('every item asks for what it says', async () => {
    await using shell = await startShell();
    const { assistant } = shell;
    const now = Date.now();
    for (const entry of item(/^Pause/).submenu!) entry.click!();
    const pauses = assistant.inputs('pause') as { until: number | null }[];
    expect(pauses.slice(0, 3).map(({ until }) => Math.round((until! - now) / 60_000))).toEqual([15, 30, 60]);
    expect(new Date(pauses[3]!.until!).getHours()).toBe(6);
    expect(pauses[3]!.until!).toBeGreaterThan(now);
    expect(pauses[4]).toEqual({ until: null });

    for (const entry of item(/How much/).submenu!) entry.click!();
    expect(assistant.inputs('settings')).toEqual([0, 1, 2, 3, 4].map((chattiness) => ({ change: { chattiness } })));

    for (const entry of item(/Forget/).submenu!) entry.click!();
    const spans = assistant.inputs('forget') as { from: number; before: number }[];
    expect(spans.map(({ from, before }) => Math.round((before - from) / 60_000))).toEqual([5, 60]);
    expect(spans[0]!.before).toBeGreaterThan(now);

    item(/Say nothing/).submenu![0]!.click!();
    expect(assistant.inputs('snooze')).toHaveLength(1);
    assistant.status({ snoozedUntil: Date.now() + 60_000 });
    item(/Speak again/).click!();
    expect(assistant.inputs('snooze').at(-1)).toEqual({ until: null });

    await expect.poll(() => item(/^Watch$/).submenu?.[0]?.click).toBeDefined();
    item(/^Watch$/).submenu![0]!.click!();
    expect(assistant.inputs('watch')).toEqual([{ source: 'screen' }]);
    item(/Timeline/).click!();
    item(/Settings/).click!();
    expect(BrowserWindow.all.map((window) => window.webContents.getURL()).slice(1)).toEqual([
      'onlooker://app/timeline.html',
      'onlooker://app/settings.html',
    ]);
    item(/Quit/).click!();
    expect(standIn.argsOf('app.quit')).toHaveLength(1);
  });

  test.each([
    ['ko', /일시 정지/],
    ['ja', /一時停止/],
    ['zh', /暂停/],
  ] as const)('speaks %s', async (language, pause) => {
    await using shell = await startShell({ settings: { language } });
    expect(item(pause)).toBeDefined();
    const english = () => items().filter(({ label }) => /^[ -~]+$/.test(label ?? ''));
    expect(english()).toEqual([]);
    shell.assistant.status({ state: 'failed', message: 'The screen is gone. Plug it in again.' });
    expect(icon()).toBe('/icons/tray-red.png');
    expect(english()).toEqual([]);
  });
});

describe('shortcuts', () => {
  test('a taken one is told, others work; they can be exchanged', async () => {
    standIn.takenShortcuts.add('F7');
    await using shell = await startShell({ settings: { shortcuts: { ask: 'F5', pause: 'F6', overlay: 'F8' } } });
    shell.assistant.settings({ shortcuts: { ask: 'F6', pause: 'F5', overlay: 'F7' } });
    expect([...globalShortcut.held.keys()].sort()).toEqual(['F5', 'F6']);
    expect(notices('overlay')).toEqual(['shortcut-taken']);
    globalShortcut.held.get('F5')!();
    expect(shell.assistant.inputs('pause')).toEqual([{ until: null }]);
    shell.assistant.status({ state: 'paused' });
    globalShortcut.held.get('F5')!();
    await expect.poll(() => shell.assistant.inputs('resume')).toHaveLength(1);
    shell.assistant.settings({ shortcuts: { ask: 'not a key', pause: '', overlay: 'F9' } });
    expect([...globalShortcut.held.keys()]).toEqual(['F9']);
    expect(notices('overlay')).toEqual(['shortcut-taken', 'shortcut-taken']);
  });
});

describe('the machine', () => {
  test('asleep or locked it is paused, and goes on afterwards unless the user had paused it', async () => {
    await using shell = await startShell();
    powerMonitor.emit('suspend');
    expect(shell.assistant.inputs('pause')).toHaveLength(1);
    shell.assistant.status({ state: 'paused' });
    powerMonitor.emit('lock-screen');
    powerMonitor.emit('resume');
    expect(shell.assistant.inputs('resume')).toHaveLength(1);
    powerMonitor.emit('suspend');
    powerMonitor.emit('resume');
    expect(shell.assistant.inputs('resume')).toHaveLength(1);
  });

  test('login: an autostart file on Linux, login items elsewhere, and nothing for what is not installed', async () => {
    const home = mkdtempSync(join(tmpdir(), 'onlooker-home-'));
    const file = autostartFile({ XDG_CONFIG_HOME: home });
    setAutostart(true, file, '/opt/On "looker"/100%');
    expect(readFileSync(file, 'utf8')).toContain('Exec="/opt/On \\\\"looker\\\\"/100%%" --hidden');
    setAutostart(false, file, '/opt/onlooker');
    expect(existsSync(file)).toBe(false);
    await using shell = await startShell({ platform: 'win32' });
    shell.assistant.settings({ startAtLogin: true });
    expect(standIn.argsOf('app.setLoginItemSettings')).toEqual([]);
    app.isPackaged = true;
    shell.assistant.settings({ startAtLogin: true });
    expect(standIn.argsOf('app.setLoginItemSettings')).toEqual([[{ openAtLogin: true, args: ['--hidden'] }]]);
  });

  test('on a Mac, consent is missing as long as no fresh picture arrives, whatever the system says', () => {
    const status = (state: 'watching' | 'starting' | 'stalled' | 'idle', source: string, age: number | null) => ({
      ...{ state, source, bundle: '', theta: 0.5, pausedUntil: null, snoozedUntil: null, filtering: false },
      ...{ lastFrameAt: age === null ? null : 100_000 - age, remembering: false, message: null },
    });
    expect(needsConsent(status('starting', 'screen', null), 'denied', 100_000)).toBe(true);
    expect(needsConsent(status('starting', 'screen', null), 'granted', 100_000)).toBe(false);
    expect(needsConsent(status('stalled', 'screen:1', 60_000), 'granted', 100_000)).toBe(true);
    expect(needsConsent(status('watching', 'screen', 500), 'denied', 100_000)).toBe(false);
    expect(needsConsent(status('starting', 'camera', null), 'denied', 100_000)).toBe(false);
    expect(needsConsent(status('idle', 'screen', null), 'denied', 100_000)).toBe(false);
  });

  test('a key is locked by the system; one that the command line has made is used as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onlooker-key-'));
    const store = systemKeyStore(folder);
    expect(await store.read()).toBeUndefined();
    const key = await store.create();
    expect(await store.read()).toEqual(key);
    expect(await store.create()).toEqual(key);
    expect(readdirSync(folder)).toEqual(['memory.key.locked']);
    expect(readFileSync(join(folder, 'memory.key.locked')).includes(key.toString('hex'))).toBe(false);

    const plain = mkdtempSync(join(tmpdir(), 'onlooker-key-'));
    const made = await keyFile(join(plain, 'memory.key')).create();
    expect(await systemKeyStore(plain).read()).toEqual(made);
  });

  test('without a keyring there is a warning, and still no plain key on the disk; without any lock no memory', async () => {
    standIn.encryption = { available: false, backend: 'basic_text' };
    const folder = mkdtempSync(join(tmpdir(), 'onlooker-key-'));
    const key = await systemKeyStore(folder).create();
    expect(keyStoreWarning('linux')).toMatch(/No keyring/);
    expect(filesWith(folder, key.toString('hex'))).toEqual([]);
    expect(filesWith(folder, key)).toEqual([]);
    expect(await systemKeyStore(folder).read()).toEqual(key);

    standIn.encryption = { available: false, backend: 'gnome_libsecret' };
    const other = mkdtempSync(join(tmpdir(), 'onlooker-key-'));
    await expect(systemKeyStore(other).create()).rejects.toMatchObject({ code: 'memory-locked' });
    expect(readdirSync(other)).toEqual([]);
    expect(keyStoreWarning('darwin')).toMatch(/no key store/);
  });

  test('somebody whose key is not safe is told so in the window, and only then', async () => {
    const settings = { remember: true };
    {
      await using _shell = await startShell({ settings });
      expect(notices('overlay')).not.toContain('key-store');
    }
    standIn.encryption = { available: true, backend: 'basic_text' };
    {
      await using _shell = await startShell({ settings });
      expect(notices('overlay')).toContain('key-store');
    }
    for (const remember of [false, null]) {
      await using _shell = await startShell({ settings: { remember } });
      expect(notices('overlay')).not.toContain('key-store');
    }
  });

  test('a defect of the shell is logged without a dialog, and the program ends', () => {
    const emitter = new EventEmitter();
    using _handling = handleCrashes(emitter);
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    emitter.emit('unhandledRejection', new Error('first'));
    expect(standIn.argsOf('app.exit')).toEqual([]);
    emitter.emit('uncaughtException', new Error('second'));
    expect(written.mock.calls.join()).toMatch(/first[\s\S]*second/);
    written.mockRestore();
    expect(standIn.argsOf('app.exit')).toEqual([[70]]);
    // Right after its start it would only crash again.
    expect(standIn.argsOf('app.relaunch')).toEqual([]);
  });
});

describe('updates', () => {
  test('are asked for by a click alone', async () => {
    standIn.release = 'v0.9.0';
    await using _shell = await startShell();
    expect(standIn.argsOf('session.fetch')).toEqual([]);
    const click = Tray.all[0]!.menu!.items.find(({ label }) => /updates/.test(label ?? ''))!.click!;
    click();
    await expect.poll(() => notices('overlay')).toEqual(['update-available']);
    expect(standIn.argsOf('session.fetch')).toEqual([['updates', 'https://releases.example/latest']]);
  });

  test('the same, an older, none, nonsense', async () => {
    expect(isNewer('1.10.0', '1.9.9')).toBe(true);
    expect(isNewer('1.0.0', '1.0.0')).toBe(false);
    expect(isNewer('0.9.9', '1.0.0')).toBe(false);
    expect(await checkForUpdates(undefined, '1.0.0')).toMatchObject({ code: 'update-unknown' });
    expect(await checkForUpdates('https://x.example', '1.0.0')).toMatchObject({ code: 'update-unknown' });
    standIn.release = '<script>';
    expect(await checkForUpdates('https://x.example', '1.0.0')).toMatchObject({ code: 'update-unknown' });
    standIn.release = 'v1.0.0';
    expect(await checkForUpdates('https://x.example', '1.0.0')).toMatchObject({ code: 'update-none' });
  });
});

/** A request as the preload script sends it. */
function invoke(name: string, input: unknown): Promise<unknown> {
  const frame = { url: 'onlooker://app/overlay.html', parent: null };
  return electron.ipcMain.handlers.get('onlooker:request')!({ senderFrame: frame }, name, input);
}
