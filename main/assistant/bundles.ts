/** The model bundles a user can choose from. */
import type { BundleChoice } from '../../preload/contract.ts';
import { listBundles } from '../bundle/open/list-bundles.ts';
import { openBundle } from '../bundle/open/open-bundle.ts';
import type { PolicySettings } from '../live/policy.ts';
import { Understanding } from '../live/understanding.ts';
import { readGgufHeader } from '../llama/gguf-header.ts';

/** A name comes from the settings, which other programs may change. */
const lookedAt = { verifyHashes: false, installedOnly: true } as const;

/** Those that can be used. */
export async function bundleChoices(): Promise<BundleChoice[]> {
  const usable = (await listBundles()).filter(({ problem }) => problem === undefined);
  return usable.map(({ name, version = '?', limits = [], limitsIn }) => ({
    name,
    version,
    limits: limits.join(' '),
    limitsIn: Object.fromEntries(Object.entries(limitsIn).map(([language, texts]) => [language, texts.join(' ')])),
  }));
}

/** When it speaks, with the theta it was calibrated to in the quantisation it has. @throws OnlookerError `bundle-*` */
export async function bundlePolicy(name: string): Promise<PolicySettings> {
  const bundle = await openBundle(name, lookedAt);
  const { decision } = bundle.manifest;
  return {
    ...decision,
    theta: decision.calibration[readGgufHeader(bundle.path('language')).quantisation] ?? decision.theta,
  };
}

/** What its model can be asked and told. @throws OnlookerError `bundle-*` */
export async function bundleUnderstanding(nameOrFolder: string): Promise<Understanding> {
  const { manifest } = await openBundle(nameOrFolder, { verifyHashes: false });
  return new Understanding(manifest);
}

/** Refuses one that cannot be used, before anything depends on it. @throws OnlookerError `bundle-*` */
export async function checkBundle(name: string): Promise<void> {
  await openBundle(name, lookedAt);
}
