/** Which hardware runs the vision graphs. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export const provider = z.enum(['cuda', 'dml', 'coreml', 'webgpu', 'cpu']);
export type Provider = z.infer<typeof provider>;

/** Names for people. */
export const providerNames: Record<Provider, string> = {
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'CoreML',
  webgpu: 'WebGPU',
  cpu: 'CPU',
};

export interface Candidate {
  readonly provider: Provider;
  /** Why it is not even tried; undefined when it is. */
  readonly skipped?: string;
}

/**
 * Providers worth trying on this machine, best first, CPU always last. What certainly cannot work is ruled out from
 * files alone: ONNX Runtime and the graphics drivers complain on standard error when asked for what is not there.
 */
export function providerCandidates(platform: NodeJS.Platform = process.platform): Candidate[] {
  const cpu: Candidate = { provider: 'cpu' };
  if (platform === 'win32') return [{ provider: 'dml' }, { provider: 'webgpu' }, cpu];
  if (platform === 'darwin') return [{ provider: 'coreml' }, { provider: 'webgpu' }, cpu];
  return [
    unless(hasCudaLibraries(), 'cuda', 'its libraries are not installed'),
    unless(hasRenderDevice(), 'webgpu', 'no graphics device'),
    cpu,
  ];
}

function unless(possible: boolean, provider: Provider, skipped: string): Candidate {
  return possible ? { provider } : { provider, skipped };
}

/** The npm package brings no CUDA provider; its own installer puts one beside the binding. */
function hasCudaLibraries(): boolean {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return existsSync(join(root, 'bin/napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so'));
}

function hasRenderDevice(): boolean {
  try {
    return readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  } catch {
    return false; // no such folder: no graphics driver, as in most containers
  }
}
