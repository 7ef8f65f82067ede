import { existsSync, readdirSync } from 'node:fs';

/** Device files of GPUs: any with a kernel driver, AMD's, WSL's, Adreno, Mali, NVIDIA's and its Tegra. */
const devices = /^(dri|kfd|dxg|kgsl|mali|nvidia|nvhost|nvgpu)/;

/**
 * Whether llama.cpp may find a GPU here. Where it cannot, its builds for GPUs need not be tried: each is loaded in a process
 * of its own first, which takes a third of a second of every start. Only Linux tells; elsewhere they are tried.
 */
export function mayHaveGpu(platform: NodeJS.Platform = process.platform, root = '/'): boolean {
  if (platform !== 'linux') return true;
  // NVIDIA's device files may be made at the first use only; its driver is there before.
  if (existsSync(`${root}proc/driver/nvidia`)) return true;
  try {
    return readdirSync(`${root}dev`).some((name) => devices.test(name));
  } catch {
    return true; // it does not tell
  }
}
