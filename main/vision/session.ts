import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { InferenceSession } from './onnx-runtime.ts';
import { type Candidate, provider, providerCandidates, providerNames } from './providers.ts';

export const sessionOptions = z.strictObject({
  /** Threads of one run on the CPU. */
  threads: z.int().min(1),
  /** Tried in order; default: what this machine may have, best first. */
  providers: z.array(provider).readonly().optional(),
});
export type SessionOptions = Readonly<z.infer<typeof sessionOptions>>;

export interface OpenedSession {
  readonly session: InferenceSession;
  /** Provider in use and why: "CPU (CUDA: its libraries are not installed)". */
  readonly provider: string;
  readonly onCpu: boolean;
}

/** Opens an ONNX graph on the best provider that takes it; `model-unloadable` when none does. */
export async function openSession(path: string, options: SessionOptions): Promise<OpenedSession> {
  const candidates: readonly Candidate[] = options.providers?.map((provider) => ({ provider })) ?? providerCandidates();
  const passed: string[] = [];
  let cause: unknown;
  for (const { provider, skipped } of candidates) {
    if (skipped !== undefined) {
      passed.push(`${providerNames[provider]}: ${skipped}`);
      continue;
    }
    try {
      const session = await InferenceSession.create(path, {
        // Alone: with a second name in the list a missing first one would be passed over without a word. Operators that
        // a provider lacks run on the CPU all the same.
        executionProviders: [provider],
        graphOptimizationLevel: 'all',
        intraOpNumThreads: options.threads,
        interOpNumThreads: 1,
        // A plan of memory for each batch size ever seen would be kept; it saves no time here.
        enableMemPattern: false,
        logSeverityLevel: 3,
        // A waiting thread that spins takes a core from the language model.
        extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
      });
      const why = passed.length > 0 ? ` (${passed.join('; ')})` : '';
      return { session, provider: `${providerNames[provider]}${why}`, onCpu: provider === 'cpu' };
    } catch (error) {
      cause = error;
      passed.push(`${providerNames[provider]}: ${firstLine(error)}`);
    }
  }
  throw new OnlookerError(
    'model-unloadable',
    `${path} cannot be loaded (${passed.join('; ')}). Install the bundle again, or see "onlooker doctor".`,
    { cause },
  );
}

/** Where weights outside a graph's own file are looked for. No manifest has a hash of them, so they must not be found. */
const nowhere = resolve('/nonexistent');

/**
 * A session only to look at: names, types and shapes. Nothing is optimised, so it opens in a few milliseconds.
 * `bundle-corrupt` when the file is no ONNX graph, or only part of one: its weights lie in other files.
 */
export async function inspectGraph(path: string): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(await readFile(path), {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'disabled',
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
      extra: { session: { disable_prepacking: '1', model_external_initializers_file_folder_path: nowhere } },
    });
  } catch (cause) {
    throw new OnlookerError(
      'bundle-corrupt',
      `${basename(path)} is not a whole ONNX graph (${firstLine(cause)}). Install the bundle again.`,
      { cause },
    );
  }
}

/** What ONNX Runtime says, without the place in its source it says it from. */
export function firstLine(error: unknown): string {
  const text = errorMessage(error);
  if (text.includes('backend not found')) return 'not in this build of ONNX Runtime';
  return (text.split('\n', 1)[0] ?? '').replace(/^.* was false\. /, '').trim();
}
