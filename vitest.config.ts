import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { keepTelemetryOff } from './main/base/no-telemetry.ts';
import { electronProgram } from './main/cli/electron.ts';
import { LongestFirst } from './tests/support/longest-first.ts';

keepTelemetryOff(); // the processes that run the tests, and the Python they start, inherit it

const electron = electronProgram() !== undefined;
if (!electron) console.log("Electron's program is not installed: its tests are not run (tests/electron).");

/**
 * Tests that open real programs. What is polled for has longer than the usual second, because a page may be busy for two
 * and a machine that runs several files for longer.
 */
const programs = {
  globalSetup: 'tests/support/build.ts',
  testTimeout: 240_000,
  hookTimeout: 240_000,
  expect: { poll: { timeout: 30_000 } },
};

/** Files that measure how soon something happens, or in what rhythm: what runs beside them would be measured, too. */
const timed = [
  'tests/browser/serve-user.test.ts',
  'tests/browser/token-to-pixels.test.ts',
  'tests/browser/window-word.test.ts',
  'tests/faults/capture.test.ts',
  'tests/faults/memory-last-second.test.ts',
  'tests/integration/capture-cadence.test.ts',
  'tests/integration/capture-live.test.ts',
  'tests/integration/memory-client.test.ts',
  'tests/integration/pace.test.ts',
  'tests/integration/privacy-x11.test.ts',
  'tests/integration/screen.test.ts',
  'tests/integration/start.test.ts',
];

/**
 * `unit` needs nothing but Node; `integration` runs the real llama.cpp, ONNX Runtime and ffmpeg on the committed bundle;
 * `browser` opens the built window in Chromium; `timed` are those of the two that run one at a time, at the end;
 * `electron` starts the built program in Electron itself, where its binary is installed (it is no npm package).
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // More than two cores can compute: most files wait much of their time, for a screen, a clock or a process.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      { test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts', 'tests/faults/**/*.test.ts'],
          exclude: timed,
          setupFiles: 'tests/support/own-home.ts',
          ...programs,
        },
      },
      { test: { name: 'browser', include: ['tests/browser/**/*.test.ts'], exclude: timed, ...programs } },
      {
        test: {
          name: 'timed',
          include: timed,
          setupFiles: 'tests/support/own-home.ts',
          fileParallelism: false,
          ...programs,
        },
      },
      ...(electron
        ? [
            {
              test: { name: 'electron', include: ['tests/electron/**/*.test.ts'], fileParallelism: false, ...programs },
            },
          ]
        : []),
    ],
  },
});
