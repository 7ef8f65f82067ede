/** Electron starts here. */
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { keepTelemetryOff } from '../no-telemetry.ts';
import { startDesktop } from './desktop.ts';
import { openAssistant } from './open-assistant.ts';
import { closeBeforeQuit } from './quitting.ts';

keepTelemetryOff();

// Built, this lies in out/main, two folders below the program's own: as deep as main/desktop.
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const running = await startDesktop({
  openAssistant,
  renderer: folder('../../out/renderer'),
  icons: folder('../../build/tray'),
  // Put in by the build.
  releases: process.env.ONLOOKER_RELEASES || undefined,
  hidden: process.argv.includes('--hidden'),
});
if (running) closeBeforeQuit(running);
else app.quit();
