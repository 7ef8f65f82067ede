import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { app } from 'electron';
import { complain } from './complain.ts';
import type { Current } from './current.ts';

/** Starts the program at login, as the settings say. Only an installed program: another's path may be gone tomorrow. */
export function followLoginItem(current: Current, platform: NodeJS.Platform = process.platform): Disposable {
  let last: boolean | undefined;
  const end = current.follow(() => {
    const { startAtLogin } = current.settings;
    if (startAtLogin === last || !app.isPackaged) return;
    last = startAtLogin;
    try {
      if (platform === 'linux') setAutostart(startAtLogin, autostartFile(process.env), executable(process.env));
      else app.setLoginItemSettings({ openAtLogin: startAtLogin, args: ['--hidden'] });
    } catch (error) {
      complain(error);
    }
  });
  return { [Symbol.dispose]: end };
}

export function autostartFile(env: NodeJS.ProcessEnv): string {
  const config = env.XDG_CONFIG_HOME;
  const folder = config && isAbsolute(config) ? config : join(homedir(), '.config');
  return join(folder, 'autostart', 'onlooker.desktop');
}

/** An AppImage runs from a folder that is gone tomorrow; its own file is what must be started. */
function executable(env: NodeJS.ProcessEnv): string {
  return env.APPIMAGE ?? process.execPath;
}

/** Linux has no login items: desktops start what lies in the user's autostart folder. */
export function setAutostart(on: boolean, file: string, program: string): void {
  if (!on) {
    rmSync(file, { force: true });
    return;
  }
  const entry = `[Desktop Entry]\nType=Application\nName=Onlooker\nExec=${quoted(program)} --hidden\nX-GNOME-Autostart-enabled=true\n`;
  if (read(file) === entry) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, entry);
}

/** As the desktop entry specification quotes: the string's own escapes first, then those of the entry's value. */
function quoted(path: string): string {
  const string = path.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${string.replaceAll('\\', '\\\\')}"`;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // not there yet
  }
}
