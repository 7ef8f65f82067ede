import { isMainThread } from 'node:worker_threads';

/** Variables that keep the native libraries from sending anything. They read them from the process's own environment. */
const variables = { ORT_DISABLE_TELEMETRY: '1' };

/**
 * Sets them for this process and those it starts. Each entry point of the program calls it first.
 * @throws Error on a thread whose process has not set them: a thread's `process.env` is a copy, which no native library
 *   sees, so setting them there would help nothing
 */
export function keepTelemetryOff(): void {
  if (isMainThread) Object.assign(process.env, variables);
  else if (Object.entries(variables).some(([name, value]) => process.env[name] !== value)) {
    throw new Error('keepTelemetryOff must be called on the main thread before a worker is started');
  }
}
