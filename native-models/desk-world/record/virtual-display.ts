import { execFile } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type LaunchOptions, OwnedProcess } from './owned-process.ts';

const execute = promisify(execFile);

export const windowManagers = ['none', 'openbox', 'icewm', 'fluxbox', 'jwm', 'twm', 'metacity', 'fvwm'] as const;
export type WindowManager = (typeof windowManagers)[number];

export interface DisplayOptions {
  /** Pixels; default 1280x720. */
  readonly width?: number;
  readonly height?: number;
  /** Default 'none': windows lie where they asked to, without frames. */
  readonly windowManager?: WindowManager;
  /** An openbox theme; default its own. */
  readonly openboxTheme?: string;
  /** Where openbox puts new windows; default 'Smart'. */
  readonly openboxPlacement?: 'Smart' | 'UnderMouse';
  /** Called with the new home folder before any program starts: the place for configuration files. */
  readonly prepare?: (home: string) => void;
  /** Added to the environment of everything launched here, such as GTK_THEME. */
  readonly env?: Readonly<Record<string, string>>;
  /** A session bus of its own, which notifications need; default false. */
  readonly bus?: boolean;
}

/** A session bus that starts no services: they would outlive the display, and one mounts a file system. */
const busConfig = `<busconfig>
  <type>session</type><listen>unix:tmpdir=/tmp</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`;

/** Home folders still there: they go when this process does, whichever way it exits. */
const homes = new Set<string>();
process.on('exit', () => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** Desktop programs warn in red when root starts them, which nobody's desktop shows: they run as `nobody` then. */
export const desktopUser = process.getuid?.() === 0 ? 65_534 : undefined;

/**
 * An X server without a screen (Xvfb) on a free display number, with a home folder, a window manager and programs of
 * its own. Disposing ends all of them, the server last.
 */
export class VirtualDisplay implements AsyncDisposable {
  /** As in `DISPLAY`, such as `:7`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly home: string;
  readonly windowManager: WindowManager;
  readonly env: NodeJS.ProcessEnv;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    name: string,
    width: number,
    height: number,
    home: string,
    windowManager: WindowManager,
    env: NodeJS.ProcessEnv,
    owned: AsyncDisposableStack,
  ) {
    this.name = name;
    this.width = width;
    this.height = height;
    this.home = home;
    this.windowManager = windowManager;
    this.env = env;
    this.#owned = owned;
  }

  static async start(options: DisplayOptions = {}): Promise<VirtualDisplay> {
    const { width = 1280, height = 720, windowManager = 'none' } = options;
    await using opening = new AsyncDisposableStack();
    const home = mkdtempSync(join(tmpdir(), 'desk-'));
    homes.add(home);
    opening.defer(async () => {
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      homes.delete(home);
    });

    options.prepare?.(home);
    if (desktopUser !== undefined) chownTree(home, desktopUser);
    const screen = ['-screen', '0', `${width}x${height}x24`, '-dpi', '96', '-nolisten', 'tcp', '-noreset', '-ac'];
    const server = opening.use(
      new OwnedProcess('Xvfb', ['-displayfd', '3', ...screen], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }),
    );
    const name = `:${await firstLine(server)}`;
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: home,
      XDG_RUNTIME_DIR: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      DISPLAY: name,
      GSETTINGS_BACKEND: 'memory',
      GIO_USE_VFS: 'local',
      NO_AT_BRIDGE: '1',
      ...options.env,
    };
    if (options.bus) {
      const config = join(home, '.bus.conf');
      writeFileSync(config, busConfig);
      const bus = new OwnedProcess('dbus-daemon', ['--config-file', config, '--nofork', '--print-address=3'], {
        env,
        user: desktopUser,
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      });
      opening.use(bus);
      env.DBUS_SESSION_BUS_ADDRESS = await firstLine(bus);
    }
    const display = new VirtualDisplay(name, width, height, home, windowManager, env, opening.move());
    try {
      if (windowManager !== 'none') await display.#manageWindows(windowManager, options);
    } catch (error) {
      await display[Symbol.asyncDispose]();
      throw error;
    }
    return display;
  }

  /** Starts a program on this display; it ends with the display if its owner has not ended it before. */
  launch(command: string, args: readonly string[] = [], options: LaunchOptions = {}): OwnedProcess {
    return this.#owned.use(
      new OwnedProcess(command, args, {
        cwd: this.home,
        user: desktopUser,
        ...options,
        env: { ...this.env, ...options.env },
      }),
    );
  }

  /** Runs a short command such as xdotool to its end; its output, or undefined when it failed. */
  async run(command: string, args: readonly string[]): Promise<string | undefined> {
    try {
      const as = desktopUser === undefined ? {} : { uid: desktopUser, gid: desktopUser };
      return (await execute(command, args, { env: this.env, cwd: this.home, timeout: 20_000, ...as })).stdout;
    } catch {
      return undefined; // a window that has just gone is a normal answer: callers poll
    }
  }

  async #manageWindows(manager: WindowManager, options: DisplayOptions): Promise<void> {
    // twm asks the user where each window goes unless told otherwise, and does not start without a font that few machines have
    const fonts = ['Title', 'Menu', 'Icon', 'Resize', 'IconManager'].map((part) => `${part}Font "fixed"\n`).join('');
    writeFileSync(join(this.home, '.twmrc'), `RandomPlacement\nNoGrabServer\nDecorateTransients\n${fonts}`);
    if (manager === 'openbox') {
      const stock = readFileSync('/etc/xdg/openbox/rc.xml', 'utf8');
      mkdirSync(join(this.home, '.config/openbox'), { recursive: true });
      writeFileSync(
        join(this.home, '.config/openbox/rc.xml'),
        stock
          .replace(/(<theme>\s*<name>)[^<]*/, `$1${options.openboxTheme ?? 'Clearlooks'}`)
          .replace(/(<policy>)[^<]*/, `$1${options.openboxPlacement ?? 'Smart'}`),
      );
    }
    const process = this.launch(manager);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      await sleep(100);
      if (!process.alive)
        throw new Error(`The window manager ${manager} did not start: ${process.failure ?? 'it ended'}.`);
      const answer = await this.run('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK']);
      if (answer?.includes('window id')) return;
      if (manager === 'twm' && attempt > 10) return; // it knows nothing of that property
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

/** What a server prints on descriptor 3 when it is ready. */
async function firstLine(server: OwnedProcess): Promise<string> {
  let text = '';
  for await (const chunk of server.child.stdio[3] as Readable) {
    text += chunk;
    if (text.includes('\n')) return text.trim();
  }
  throw new Error(`${server.child.spawnfile} did not start: ${server.failure?.message ?? 'it ended at once'}.`);
}

function chownTree(folder: string, user: number): void {
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    chownSync(join(folder, entry), user, user);
  chownSync(folder, user, user);
}
