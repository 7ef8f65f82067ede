/**
 * ONNX Runtime with its telemetry off. Everything that runs a graph imports it from here.
 *
 * onnxruntime-node 1.30 has a native client that sends what it is used for to its vendor, and keeps a device id and a
 * queue in the user's cache folder (microsoft/onnxruntime, pull requests 27379 and 29843). It looks once, when the
 * library loads, for `ORT_DISABLE_TELEMETRY` in the environment of the process.
 */
import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import { keepTelemetryOff } from '../base/no-telemetry.ts';

keepTelemetryOff();

// Not an import statement: a bundler moves those to the top of the file, where the library would load first.
export const { InferenceSession, Tensor } = createRequire(import.meta.url)('onnxruntime-node') as typeof OnnxRuntime;
export type InferenceSession = OnnxRuntime.InferenceSession;
export type Tensor = OnnxRuntime.Tensor;
