import { defineConfig } from 'vitest/config';
import { keepTelemetryOff } from './main/base/no-telemetry.ts';
import { electronProgram } from './main/cli/electron.ts';

keepTelemetryOff(); // the processes that run the tests, and the Python they start, inherit it

const electron = electronProgram() !== undefined;
if (!electron) console.log("Electron's program is not installed: its tests are not run (tests/electron).");

/**
 * Tests that open real programs: one file at a time, because timings and two cores do not share well. What is polled for has
 * longer than the usual second, because a page may be busy for two.
 */
const inTurn = {
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 15_000 } },
};

/**
 * `unit` needs nothing but Node; `integration` and `faults` run the real llama.cpp, ONNX Runtime and ffmpeg on the
 * committed bundle; `browser` opens the built window in Chromium; `electron` starts the built program in Electron
 * itself, where its binary is installed (it is no npm package).
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts', 'tests/faults/**/*.test.ts'],
          setupFiles: 'tests/support/own-home.ts',
          ...inTurn,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          globalSetup: 'tests/support/build-window.ts',
          ...inTurn,
        },
      },
      ...(electron ? [{ test: { name: 'electron', include: ['tests/electron/**/*.test.ts'], ...inTurn } }] : []),
    ],
  },
});
