/**
 * A stand-in for the `electron` module, for machines where its binary cannot be had: small, true to what the program
 * uses, and recording what was asked of it. Used as `vi.mock('electron', () => import('../support/electron-stand-in.ts'))`
 * or, for the built program, through `electron-hook.ts`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { FromUtility, ToUtility } from './utility-parent-port.ts';

export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

type Handler = (...args: never[]) => unknown;

/** What a test may arrange, and what it may look at. */
export const standIn = {
  calls: [] as Call[],
  /** Accelerators that another program holds. */
  takenShortcuts: new Set<string>(),
  singleInstance: true,
  screenAccess: 'granted',
  encryption: { available: true, backend: 'gnome_libsecret' },
  sources: [{ id: 'screen:0:0', name: 'Screen 1', display_id: '1' }],
  userData: tmpdir(),
  onBattery: false,
  /** Tag of the newest release; undefined: the feed does not answer. */
  release: undefined as string | undefined,

  /** The arguments of every call of that name, in order. */
  argsOf(name: string): (readonly unknown[])[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.args);
  },

  reset(): void {
    this.calls.length = 0;
    this.takenShortcuts.clear();
    Object.assign(this, { singleInstance: true, screenAccess: 'granted', release: undefined, userData: tmpdir() });
    this.encryption = { available: true, backend: 'gnome_libsecret' };
    this.sources = [{ id: 'screen:0:0', name: 'Screen 1', display_id: '1' }];
    this.onBattery = false;
    for (const emitter of [app, screen, powerMonitor, nativeTheme]) emitter.removeAllListeners();
    app.isPackaged = false;
    screen.displays = [display(1, 0, 0, 1920, 1080)];
    BrowserWindow.all.length = 0;
    Tray.all.length = 0;
    ipcMain.handlers.clear();
    globalShortcut.held.clear();
    session.defaultSession = new Session();
  },
};

function record(name: string, args: readonly unknown[]): void {
  standIn.calls.push({ name, args });
}

export interface StandInDisplay {
  readonly id: number;
  readonly label: string;
  readonly bounds: { x: number; y: number; width: number; height: number };
  readonly workArea: { x: number; y: number; width: number; height: number };
  readonly scaleFactor: number;
}

export function display(id: number, x: number, y: number, width: number, height: number): StandInDisplay {
  const bounds = { x, y, width, height };
  return { id, label: `monitor ${id}`, bounds, workArea: { ...bounds, height: height - 40 }, scaleFactor: 1 };
}

class App extends EventEmitter {
  isPackaged = false;
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  isReady(): boolean {
    return true;
  }
  requestSingleInstanceLock(): boolean {
    return standIn.singleInstance;
  }
  getPath(name: string): string {
    return name === 'userData' ? standIn.userData : tmpdir();
  }
  getVersion(): string {
    return '0.0.0';
  }
  getAppPath(): string {
    return process.cwd();
  }
  getLocale(): string {
    return 'en-GB';
  }
  quit(): void {
    record('app.quit', []);
  }
  exit(code?: number): void {
    record('app.exit', [code]);
  }
  relaunch(): void {
    record('app.relaunch', []);
  }
  enableSandbox(): void {
    record('app.enableSandbox', []);
  }
  setLoginItemSettings(settings: unknown): void {
    record('app.setLoginItemSettings', [settings]);
  }
  setAppUserModelId(id: string): void {
    record('app.setAppUserModelId', [id]);
  }
}
export const app = new App();

export class Session {
  permissionRequest: Handler | null = null;
  permissionCheck: Handler | null = null;
  devicePermission: Handler | null = null;
  displayMedia: Handler | null = null;
  readonly schemes = new Map<string, (request: Request) => Promise<Response>>();
  beforeRequest: Handler | null = null;
  readonly webRequest = {
    onBeforeRequest: (...args: unknown[]): void => {
      this.beforeRequest = args.at(-1) as Handler | null;
    },
  };
  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Promise<Response>): void => {
      this.schemes.set(scheme, handler);
    },
    unhandle: (scheme: string): void => {
      this.schemes.delete(scheme);
    },
  };
  async setProxy(config: unknown): Promise<void> {
    record('session.setProxy', [config]);
  }
  setPermissionRequestHandler(handler: Handler | null): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: Handler | null): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: Handler | null): void {
    this.devicePermission = handler;
  }
  setDisplayMediaRequestHandler(handler: Handler | null): void {
    this.displayMedia = handler;
  }
}

export const session = {
  defaultSession: new Session(),
  fromPartition: (partition: string) => ({
    async fetch(url: string): Promise<Response> {
      record('session.fetch', [partition, url]);
      return standIn.release ? Response.json({ tag_name: standIn.release }) : new Response('', { status: 404 });
    },
  }),
};

export const protocol = {
  registerSchemesAsPrivileged(schemes: unknown): void {
    record('protocol.registerSchemesAsPrivileged', [schemes]);
  },
};

export class WebContents extends EventEmitter {
  readonly id: number;
  readonly sent: Call[] = [];
  readonly mainFrame = { url: '', parent: null };
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  destroyed = false;
  get session(): Session {
    return session.defaultSession;
  }
  constructor(id: number) {
    super();
    this.id = id;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  setWebRTCIPHandlingPolicy(policy: string): void {
    record('webContents.setWebRTCIPHandlingPolicy', [this.id, policy]);
  }
  send(name: string, ...args: unknown[]): void {
    this.sent.push({ name, args: structuredClone(args) });
  }
  postMessage(name: string, ...args: unknown[]): void {
    this.sent.push({ name, args });
  }
  /** What was run in the page as if the user had clicked. */
  readonly executed: string[] = [];
  async executeJavaScript(code: string, userGesture = false): Promise<void> {
    if (userGesture) this.executed.push(code);
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  reload(): void {
    record('webContents.reload', [this.id]);
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
}

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  static getAllWindows(): BrowserWindow[] {
    return BrowserWindow.all.filter((window) => !window.isDestroyed());
  }
  readonly options: Record<string, unknown>;
  readonly webContents: WebContents;
  readonly state = {
    visible: false,
    focusable: true,
    focused: false,
    ignoresMouse: false,
    onTop: undefined as string | undefined,
  };
  #bounds: Bounds;

  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    const {
      x = 0,
      y = 0,
      width = 800,
      height = 600,
      show = true,
      focusable = true,
    } = options as Partial<Bounds> & {
      show?: boolean;
      focusable?: boolean;
    };
    this.#bounds = { x, y, width, height };
    this.state.visible = show;
    this.state.focusable = focusable;
    BrowserWindow.all.push(this);
    this.webContents = new WebContents(BrowserWindow.all.length);
    record('new BrowserWindow', [options]);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    record('loadURL', [url]);
    this.webContents.emit('did-finish-load');
    this.emit('ready-to-show');
  }
  show(): void {
    this.state.visible = true;
    this.focus();
  }
  showInactive(): void {
    this.state.visible = true;
  }
  hide(): void {
    this.state.visible = false;
  }
  isVisible(): boolean {
    return this.state.visible;
  }
  focus(): void {
    if (!this.state.focusable) return;
    this.state.focused = true;
    this.emit('focus');
  }
  blur(): void {
    this.state.focused = false;
    this.emit('blur');
  }
  isFocused(): boolean {
    return this.state.focused;
  }
  setFocusable(focusable: boolean): void {
    this.state.focusable = focusable;
  }
  isFocusable(): boolean {
    return this.state.focusable;
  }
  setIgnoreMouseEvents(ignore: boolean, options?: unknown): void {
    this.state.ignoresMouse = ignore;
    record('setIgnoreMouseEvents', [ignore, options]);
  }
  setAlwaysOnTop(on: boolean, level?: string): void {
    this.state.onTop = on ? (level ?? 'floating') : undefined;
  }
  setVisibleOnAllWorkspaces(on: boolean, options?: unknown): void {
    record('setVisibleOnAllWorkspaces', [on, options]);
  }
  setContentProtection(on: boolean): void {
    record('setContentProtection', [on]);
  }
  setMenu(menu: unknown): void {
    record('setMenu', [menu]);
  }
  getBounds(): Bounds {
    return { ...this.#bounds };
  }
  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.emit('moved');
    this.emit('resized');
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {
    record('restore', []);
  }
  isDestroyed(): boolean {
    return this.webContents.destroyed;
  }
  close(): void {
    const event = { prevented: false, preventDefault: () => Object.assign(event, { prevented: true }) };
    this.emit('close', event);
    if (!event.prevented) this.destroy();
  }
  destroy(): void {
    if (this.webContents.destroyed) return;
    this.webContents.destroyed = true;
    this.emit('closed');
  }
}

export const ipcMain = {
  handlers: new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>(),
  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => Promise<unknown>): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  },
  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  },
};

class Screen extends EventEmitter {
  displays: StandInDisplay[] = [display(1, 0, 0, 1920, 1080)];
  getAllDisplays(): StandInDisplay[] {
    return this.displays;
  }
  getPrimaryDisplay(): StandInDisplay {
    return this.displays[0]!;
  }
  getDisplayMatching(bounds: Bounds): StandInDisplay {
    const inside = (each: StandInDisplay) =>
      bounds.x >= each.bounds.x &&
      bounds.x < each.bounds.x + each.bounds.width &&
      bounds.y >= each.bounds.y &&
      bounds.y < each.bounds.y + each.bounds.height;
    return this.displays.find(inside) ?? this.displays[0]!;
  }
}
export const screen = new Screen();

export class Tray extends EventEmitter {
  static readonly all: Tray[] = [];
  image: unknown;
  menu: { items: StandInMenuItem[] } | undefined;
  toolTip = '';
  destroyed = false;
  constructor(image: unknown) {
    super();
    this.image = image;
    Tray.all.push(this);
  }
  setImage(image: unknown): void {
    this.image = image;
  }
  setContextMenu(menu: { items: StandInMenuItem[] }): void {
    this.menu = menu;
    record('setContextMenu', []);
  }
  setToolTip(text: string): void {
    this.toolTip = text;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

export interface StandInMenuItem {
  readonly label?: string;
  readonly type?: string;
  readonly checked?: boolean;
  readonly enabled?: boolean;
  readonly submenu?: readonly StandInMenuItem[];
  readonly click?: () => void;
}

export const Menu = {
  buildFromTemplate: (items: StandInMenuItem[]) => ({ items }),
  setApplicationMenu: (menu: unknown) => record('setApplicationMenu', [menu]),
};

export const nativeImage = {
  createFromPath: (path: string) => ({ path, isEmpty: () => false, setTemplateImage: () => {} }),
  createEmpty: () => ({ path: '', isEmpty: () => true }),
};

export const globalShortcut = {
  held: new Map<string, () => void>(),
  /** Like Electron's, it fails silently when another program holds it, and throws at what is no accelerator. */
  register(accelerator: string, callback: () => void): boolean {
    if (!/^[A-Za-z0-9+]+$/.test(accelerator)) throw new TypeError('Error processing argument at index 0');
    if (standIn.takenShortcuts.has(accelerator)) return false;
    this.held.set(accelerator, callback);
    return true;
  },
  unregister(accelerator: string): void {
    this.held.delete(accelerator);
  },
};

export const powerMonitor = Object.assign(new EventEmitter(), { isOnBatteryPower: () => standIn.onBattery });
export const nativeTheme = new EventEmitter();

export const safeStorage = {
  isEncryptionAvailable: () => standIn.encryption.available,
  /** As on Linux: without a keyring a fixed password will do, if one says so. */
  setUsePlainTextEncryption(use: boolean): void {
    if (standIn.encryption.backend === 'basic_text') standIn.encryption.available = use;
  },
  getSelectedStorageBackend: () => standIn.encryption.backend,
  encryptString: (text: string) => Buffer.from(text).map((byte) => byte ^ 0x5a),
  decryptString(bytes: Buffer): string {
    const text = Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString();
    if (!/^[\x20-\x7e]*$/.test(text)) throw new Error('Error while decrypting the ciphertext provided.');
    return text;
  },
};

export const systemPreferences = { getMediaAccessStatus: () => standIn.screenAccess };

export const shell = {
  async openExternal(url: string): Promise<void> {
    record('shell.openExternal', [url]);
  },
};

export const desktopCapturer = { getSources: async () => standIn.sources };

const parentPort = new URL('./utility-parent-port.ts', import.meta.url).href;

/** A real process; ports that are sent to it are connected to it through Node's own line. */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly #ports: PortMain[] = [];

  constructor(path: string, args: readonly string[]) {
    super();
    this.#child = fork(path, args, { serialization: 'advanced', execArgv: ['--import', parentPort] });
    this.#child.on('message', (message: FromUtility) => {
      if (message.type === 'message') this.emit('message', message.data);
      else if (message.type === 'port') this.#ports[message.port]?.postMessage(message.data);
      else this.#ports[message.port]?.close();
    });
    this.#child.once('exit', (code) => {
      // What it held of a channel goes with it.
      for (const port of this.#ports) port.close();
      this.emit('exit', code ?? 1);
    });
  }
  get pid(): number | undefined {
    return this.#child.pid;
  }
  kill(): boolean {
    return this.#child.kill();
  }
  postMessage(data: unknown, ports: readonly PortMain[] = []): void {
    const ids = ports.map((port) => this.#ports.push(port) - 1);
    this.#send({ type: 'message', data, ports: ids });
    for (const [i, port] of ports.entries()) {
      port.on('message', ({ data }: { data: unknown }) => this.#send({ type: 'port', port: ids[i]!, data }));
      port.on('close', () => this.#send({ type: 'closed', port: ids[i]! }));
    }
  }
  #send(message: ToUtility): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}

export const utilityProcess = {
  fork(path: string, args: readonly string[] = [], options?: unknown): UtilityProcess {
    record('utilityProcess.fork', [path, args, options]);
    return new UtilityProcess(path, args);
  },
};

class PortMain extends EventEmitter {
  readonly #port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on('message', (data) => this.emit('message', { data }));
    port.on('close', () => this.emit('close'));
  }
  start(): void {}
  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }
  close(): void {
    this.#port.close();
  }
}

export class MessageChannelMain {
  readonly port1: PortMain;
  readonly port2: PortMain;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new PortMain(port1);
    this.port2 = new PortMain(port2);
  }
}

export const contextBridge = {
  exposeInMainWorld: (name: string, api: unknown) => record('contextBridge.exposeInMainWorld', [name, api]),
};

class IpcRenderer extends EventEmitter {
  answers: ((channel: string, ...args: unknown[]) => unknown) | undefined;
  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    record('ipcRenderer.invoke', [channel, ...args]);
    return this.answers?.(channel, ...args);
  }
}
export const ipcRenderer = new IpcRenderer();
