/** Electron starts here. */
import { app } from 'electron';
import { keepTelemetryOff } from '../base/no-telemetry.ts';
import { programPath } from '../base/paths.ts';
import { startDesktop } from './desktop.ts';
import { openAssistant } from './open-assistant.ts';
import { closeBeforeQuit } from './quitting.ts';

keepTelemetryOff();

const running = await startDesktop({
  openAssistant,
  renderer: programPath('out/renderer'),
  icons: programPath('build/tray'),
  // Put in by the build.
  releases: process.env.ONLOOKER_RELEASES || undefined,
  hidden: process.argv.includes('--hidden'),
});
if (running) closeBeforeQuit(running);
else app.quit();
