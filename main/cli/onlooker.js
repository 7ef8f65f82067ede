#!/usr/bin/env node
/**
 * The `onlooker` command. Plain JavaScript, so that any Node can read it: the program itself needs Node 24, which
 * comes as a package and takes over when the Node at hand is older.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = 24;

if (Number.parseInt(process.versions.node, 10) >= needed) {
  const { keepTelemetryOff } = await import('../base/no-telemetry.ts');
  keepTelemetryOff();
  const { keepHome } = await import('../base/data-home.ts');
  keepHome();
  const { keepCompiledCode } = await import('../base/compiled-code.ts');
  keepCompiledCode();
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  takeOver();
}

/** Runs this file again on the packaged Node, and ends the way it ends. */
function takeOver() {
  const node = packagedNode();
  if (!node || process.env.ONLOOKER_TAKEN_OVER) return refuse();
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, ONLOOKER_TAKEN_OVER: '1' },
  });
  // A key in the terminal reaches both processes; a signal sent to this one alone must be passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', refuse);
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function packagedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined; // installed without it
  }
}

function refuse() {
  console.error(
    `onlooker: it needs Node ${needed} or newer, and this is ${process.version}. Install it, or run "npm ci".`,
  );
  process.exitCode = 4;
}
