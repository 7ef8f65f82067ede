/**
 * Electron's security checklist, one test an item, in its order. The shell runs on the stand-in for Electron and is
 * tried with what an attacker would try: a page that was taken over, a foreign page, the model's words.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCurrentFuseWire } from '@electron/fuses';
import { beforeEach, expect, test, vi } from 'vitest';
import { setFuses } from '../../build/fuses.ts';
import { fileFor } from '../../main/desktop/protocol.ts';
import { type StartedShell, startShell } from '../support/desktop.ts';
import * as electron from '../support/electron-stand-in.ts';

vi.mock('electron', () => import('../support/electron-stand-in.ts'));

const { standIn, BrowserWindow, ipcMain, session } = electron;
const root = new URL('../../', import.meta.url);
const windows = ['overlay', 'timeline', 'settings', 'welcome'] as const;

beforeEach(() => {
  standIn.reset();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

/** The shell with every one of its windows open. */
async function withAllWindows(): Promise<StartedShell> {
  const shell = await startShell({ renderer: await pages() });
  for (const window of windows) await invoke('open', { window });
  expect(BrowserWindow.all).toHaveLength(windows.length);
  return shell;
}

async function pages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onlooker-pages-'));
  writeFileSync(join(folder, 'overlay.html'), '<!doctype html><title>Onlooker</title>');
  writeFileSync(join(folder, '..', 'outside.html'), 'outside');
  return folder;
}

const ours = { url: 'onlooker://app/overlay.html', parent: null };

function invoke(name: unknown, input: unknown, senderFrame: unknown = ours): Promise<unknown> {
  return ipcMain.handlers.get('onlooker:request')!({ senderFrame }, name, input);
}

function preferences(): Record<string, unknown>[] {
  return BrowserWindow.all.map((window) => window.options.webPreferences as Record<string, unknown>);
}

function load(url: string, method = 'GET'): Promise<Response> {
  // A `Request` would resolve the dots before anybody could look at them.
  return session.defaultSession.schemes.get('onlooker')!({ url, method } as Request);
}

async function policy(): Promise<Map<string, string[]>> {
  const text = (await load('onlooker://app/overlay.html')).headers.get('content-security-policy')!;
  return new Map(text.split('; ').map((part) => [part.split(' ')[0]!, part.split(' ').slice(1)]));
}

const events = (url: string) => {
  const event = { url, prevented: false, preventDefault: () => Object.assign(event, { prevented: true }) };
  return event;
};

const foreign = [
  'https://example.com/',
  'http://127.0.0.1:8080/',
  'file:///etc/passwd',
  'data:text/html,<script>1</script>',
  'javascript:alert(1)',
  'onlooker://evil/overlay.html',
  'onlooker://app.evil/overlay.html',
  'onlooker://app@evil/overlay.html',
  'onlooker://user@app/overlay.html',
];

test('1. Only load secure content', async () => {
  await using _shell = await withAllWindows();
  for (const [url] of standIn.argsOf('loadURL')) expect(url).toMatch(/^onlooker:\/\/app\/\w+\.html$/);
  const before = session.defaultSession.beforeRequest as unknown as (
    details: { url: string },
    decide: (answer: { cancel: boolean }) => void,
  ) => void;
  const cancelled = (url: string) => {
    const decide = vi.fn();
    before({ url }, decide);
    return decide.mock.calls[0]![0].cancel as boolean;
  };
  for (const url of [
    'http://example.com/a.js',
    'https://example.com/a.js',
    'ws://example.com/',
    'file:///etc/passwd',
  ]) {
    expect(cancelled(url), url).toBe(true);
  }
  expect(cancelled('onlooker://app/overlay.html')).toBe(false);
  // What no request handler hears of: WebRTC, in every page there is.
  const withoutUdp = standIn.argsOf('webContents.setWebRTCIPHandlingPolicy');
  expect(withoutUdp).toEqual(BrowserWindow.all.map(({ webContents }) => [webContents.id, 'disable_non_proxied_udp']));
  expect(standIn.argsOf('session.setProxy')).toMatchObject([
    [{ mode: 'fixed_servers', proxyBypassRules: '<-loopback>' }],
  ]);
});

test('2. Do not enable Node.js integration for remote content', async () => {
  await using _shell = await withAllWindows();
  for (const each of preferences()) {
    expect(each).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  }
});

test('3. Enable context isolation in all renderers', async () => {
  await using _shell = await withAllWindows();
  for (const each of preferences()) expect(each.contextIsolation).toBe(true);
});

test('4. Enable process sandboxing', async () => {
  await using _shell = await withAllWindows();
  expect(standIn.argsOf('app.enableSandbox')).toHaveLength(1);
  expect(standIn.calls.findIndex(({ name }) => name === 'app.enableSandbox')).toBeLessThan(
    standIn.calls.findIndex(({ name }) => name === 'new BrowserWindow'),
  );
  for (const each of preferences()) expect(each.sandbox).toBe(true);
});

test('5. Handle session permission requests from remote content', async () => {
  await using _shell = await withAllWindows();
  const { permissionRequest, permissionCheck, devicePermission } = session.defaultSession as unknown as {
    permissionRequest: (contents: unknown, permission: string, decide: (yes: boolean) => void, details: object) => void;
    permissionCheck: (contents: unknown, permission: string, origin: string) => boolean;
    devicePermission: () => boolean;
  };
  const asks = (permission: string, page: string, requestingUrl = page, isMainFrame = true) => {
    const decide = vi.fn();
    permissionRequest({ getURL: () => page }, permission, decide, { requestingUrl, isMainFrame });
    return decide.mock.calls;
  };
  const all = ['media', 'geolocation', 'notifications', 'openExternal', 'usb', 'hid', 'fileSystem', 'clipboard-read'];
  for (const permission of [...all, 'display-capture', 'unknown']) {
    for (const page of ['onlooker://app/overlay.html', ...foreign]) {
      expect(asks(permission, page), `${permission} for ${page}`).toEqual([[false]]);
      expect(permissionCheck({ getURL: () => page }, permission, page)).toBe(false);
    }
  }
  expect(permissionCheck(null, 'media', 'onlooker://app')).toBe(false);
  expect(devicePermission()).toBe(false);
  // What is granted: copying a narration; the display to the page that captures; neither to a frame within.
  expect(asks('clipboard-sanitized-write', 'onlooker://app/overlay.html')).toEqual([[true]]);
  expect(asks('display-capture', 'onlooker://app/capture.html')).toEqual([[true]]);
  expect(asks('display-capture', 'onlooker://app/capture.html', 'https://example.com/')).toEqual([[false]]);
  expect(asks('display-capture', 'onlooker://app/capture.html', undefined, false)).toEqual([[false]]);
});

test('6. Do not disable webSecurity', async () => {
  await using _shell = await withAllWindows();
  for (const each of preferences()) expect(each.webSecurity).toBe(true);
});

test('7. Define a Content-Security-Policy', async () => {
  await using _shell = await withAllWindows();
  const directives = await policy();
  expect(directives.get('default-src')).toEqual(["'none'"]);
  expect(directives.get('script-src')).toEqual(["'self'"]);
  expect(directives.get('connect-src')).toEqual(["'self'"]);
  for (const name of ['object-src', 'base-uri', 'form-action', 'frame-ancestors']) {
    expect(directives.get(name), name).toEqual(["'none'"]);
  }
  expect(directives.get('webrtc')).toEqual(["'block'"]);
  expect([...directives.values()].flat().join(' ')).not.toMatch(/unsafe|\*|https?:|blob:/);
  // Refusals carry it, too.
  expect((await load('onlooker://app/none.html')).headers.get('content-security-policy')).not.toBeNull();
});

test('8. Do not set allowRunningInsecureContent to true', async () => {
  await using _shell = await withAllWindows();
  for (const each of preferences()) expect(each.allowRunningInsecureContent).toBe(false);
});

test('9. Do not enable experimental features', async () => {
  await using _shell = await withAllWindows();
  for (const each of preferences()) expect(each.experimentalFeatures).toBe(false);
});

test('10. Do not use enableBlinkFeatures', async () => {
  await using _shell = await withAllWindows();
  for (const each of preferences()) expect(each).not.toHaveProperty('enableBlinkFeatures');
});

test('11. Do not use allowpopups for WebViews', async () => {
  await using _shell = await withAllWindows();
  for (const each of preferences()) expect(each.webviewTag).toBe(false);
  // Nor could a webview with that attribute be attached.
  const event = events('https://example.com/');
  BrowserWindow.all[0]!.webContents.emit('will-attach-webview', event, {}, { allowpopups: 'true' });
  expect(event.prevented).toBe(true);
});

test('12. Verify WebView options before creation', async () => {
  await using _shell = await withAllWindows();
  for (const { webContents } of BrowserWindow.all) {
    const event = events('https://example.com/');
    const asked = { preload: '/tmp/evil.js', nodeIntegration: true, contextIsolation: false, sandbox: false };
    webContents.emit('will-attach-webview', event, asked, {});
    expect(event.prevented).toBe(true);
    expect(asked).toEqual({ nodeIntegration: false, contextIsolation: true, sandbox: true });
  }
});

test('13. Disable or limit navigation', async () => {
  await using _shell = await withAllWindows();
  for (const { webContents } of BrowserWindow.all) {
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      for (const url of foreign) {
        const event = events(url);
        webContents.emit(name, event);
        expect(event.prevented, `${name} to ${url}`).toBe(true);
      }
      const reload = events('onlooker://app/timeline.html#at=5');
      webContents.emit(name, reload);
      expect(reload.prevented).toBe(false);
    }
  }
});

test('14. Disable or limit creation of new windows', async () => {
  await using _shell = await withAllWindows();
  for (const { webContents } of BrowserWindow.all) {
    for (const url of [...foreign, 'onlooker://app/settings.html', 'about:blank']) {
      expect(webContents.openHandler!({ url })).toEqual({ action: 'deny' });
    }
  }
  for (const window of ['../evil', 'capture', 'https://example.com', '', null]) {
    expect(await invoke('open', { window })).toMatchObject({ ok: false });
  }
  expect(BrowserWindow.all).toHaveLength(windows.length);
});

test('15. Do not use shell.openExternal with untrusted content', async () => {
  await using shell = await withAllWindows();
  const text = 'See [this](https://example.com) <a href="smb://evil/x">that</a>';
  shell.assistant.tell({
    type: 'speech',
    speech: { id: 1, kind: 'narration', at: 0, t: 0, text, done: true },
  });
  for (const { webContents } of BrowserWindow.all) {
    for (const url of foreign) {
      webContents.emit('will-navigate', events(url));
      webContents.openHandler!({ url });
    }
  }
  expect(standIn.argsOf('shell.openExternal')).toEqual([]);
  // Nothing in the shell can: no file of it takes that part of Electron.
  for (const file of await readdir(new URL('main/desktop/', root))) {
    const source = await readFile(new URL(`main/desktop/${file}`, root), 'utf8');
    const taken = /import \{([^}]*)\} from 'electron'/.exec(source)?.[1] ?? '';
    expect(taken.split(/[\s,]+/), file).not.toContain('shell');
  }
});

test('16. Use a current version of Electron', () => {
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const installed = JSON.parse(readFileSync(new URL('node_modules/electron/package.json', root), 'utf8'));
  expect(devDependencies.electron).toBe(installed.version);
  // Electron supports the last three major versions; 45 was the newest when this was written.
  expect(Number.parseInt(installed.version, 10)).toBeGreaterThanOrEqual(45);
});

test('17. Validate the sender of all IPC messages', async () => {
  await using shell = await withAllWindows();
  expect([...ipcMain.handlers.keys()]).toEqual(['onlooker:request']);
  const before = shell.assistant.asked.length;
  const refused = { ok: false, code: 'refused' };
  for (const url of [...foreign, 'onlooker://app/capture.html', 'onlooker://app/other.html', '']) {
    expect(await invoke('stop', {}, { url, parent: null }), url).toMatchObject(refused);
  }
  expect(await invoke('stop', {}, { ...ours, parent: ours })).toMatchObject(refused);
  expect(await invoke('stop', {}, null)).toMatchObject(refused);
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const hostile: readonly (readonly [unknown, unknown])[] = [
    ...(['__proto__', 'constructor', 'toString', 'eval', '', 7, null, ['stop']] as const).map(
      (name) => [name, {}] as const,
    ),
    ...([undefined, null, 'text', 7, [], () => {}, new Map(), cycle] as const).map((input) => ['stop', input] as const),
    ['ask', { text: 'x'.repeat(1_000_000) }],
  ];
  for (const [name, input] of hostile) expect(await invoke(name, input)).toMatchObject(refused);
  expect(shell.assistant.asked).toHaveLength(before);
  expect(await invoke('stop', {})).toEqual({ ok: true, value: null });

  // A defect crosses without its insides.
  shell.assistant.failure = new Error('secret at /home/user');
  expect(JSON.stringify(await invoke('stop', {}))).not.toMatch(/secret|home/);
});

test('18. Avoid usage of the file:// protocol and prefer usage of custom protocols', async () => {
  await using _shell = await withAllWindows();
  const [[schemes]] = standIn.argsOf('protocol.registerSchemesAsPrivileged') as [[unknown]];
  expect(schemes).toEqual([
    { scheme: 'onlooker', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  expect(await (await load('onlooker://app/overlay.html')).text()).toContain('Onlooker');
  for (const path of [
    '/../outside.html',
    '/%2e%2e/outside.html',
    '/..%2foutside.html',
    '/%2e%2e%2foutside.html',
    '/..%5coutside.html',
    '//etc/passwd',
    '/overlay.html%00.png',
    '/%',
    '/',
  ]) {
    expect((await load(`onlooker://app${path}`)).status, path).toBe(404);
  }
  expect(fileFor('/pages', '/../pages-of-others/a.html')).toBeUndefined();
  expect((await load('onlooker://evil/overlay.html')).status).toBe(404);
  expect((await load('onlooker://app/overlay.html', 'POST')).status).toBe(405);
});

test('19. Check which fuses you can change', async () => {
  // A stand-in for Electron's program: what the tool looks for, and a wire on which everything is on.
  const program = join(await mkdtemp(join(tmpdir(), 'onlooker-fuses-')), 'onlooker');
  const { FuseV1Options, FuseState } = await import('@electron/fuses');
  const { SENTINEL } = await import('../../node_modules/@electron/fuses/dist/constants.js');
  const count = Object.keys(FuseV1Options).length / 2;
  const wire = Buffer.from([1, count, ...new Array<number>(count).fill(FuseState.ENABLE)]);
  writeFileSync(program, Buffer.concat([Buffer.alloc(4096, 7), Buffer.from(SENTINEL), wire, Buffer.alloc(4096, 9)]));
  await setFuses(program);
  const read = await getCurrentFuseWire(program);
  const state = (on: boolean) => (on ? FuseState.ENABLE : FuseState.DISABLE);
  expect(read).toMatchObject({
    [FuseV1Options.RunAsNode]: state(false),
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: state(false),
    [FuseV1Options.EnableNodeCliInspectArguments]: state(false),
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: state(false),
    [FuseV1Options.EnableCookieEncryption]: state(true),
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: state(true),
    [FuseV1Options.OnlyLoadAppFromAsar]: state(true),
  });
  const config = await readFile(new URL('build/electron-builder.yml', root), 'utf8');
  expect(config).toContain('afterPack: build/after-pack.js');
  expect(config).toMatch(/^asar: true$/m);
  // What is not such a program is not passed off as one.
  writeFileSync(program, 'nothing of the kind');
  await expect(setFuses(program)).rejects.toThrow();
});

test('20. Do not expose Electron APIs to untrusted web content', async () => {
  await import('../../preload/index.ts');
  const [[name, api]] = standIn.argsOf('contextBridge.exposeInMainWorld') as [[string, Record<string, unknown>]];
  expect(name).toBe('onlooker');
  expect(Object.keys(api).sort()).toEqual(['request', 'shell', 'subscribe']);
  expect(api.shell).toBe('electron');
  const request = api.request as (name: unknown, input: unknown) => Promise<unknown>;
  for (const bad of ['__proto__', 'ipc', '', null]) expect(await request(bad, {})).toMatchObject({ ok: false });
  expect(standIn.argsOf('ipcRenderer.invoke')).toEqual([]);
  await request('stop', {});
  expect(standIn.argsOf('ipcRenderer.invoke')).toEqual([['onlooker:request', 'stop', {}]]);
  // The page hears the news and never sees Electron's event, through which it could reach the sender.
  const heard = vi.fn();
  const end = (api.subscribe as (listener: unknown) => () => void)(heard);
  electron.ipcRenderer.emit('onlooker:news', { sender: 'secret' }, { type: 'notice' });
  expect(heard.mock.calls).toEqual([[{ type: 'notice' }]]);
  expect(end()).toBeUndefined();
  electron.ipcRenderer.emit('onlooker:news', {}, { type: 'notice' });
  expect(heard).toHaveBeenCalledTimes(1);
});
