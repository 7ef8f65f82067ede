/** The model bundles a user can choose from, and what is to be known of the one in use. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleChoice } from '../../preload/contract.ts';
import { Turns } from '../base/turns.ts';
import { findBundle, findInstalledBundle, splitQuantisation } from '../bundle/folders.ts';
import type { BundleManifest } from '../bundle/manifest.ts';
import { listBundles } from '../bundle/open/list-bundles.ts';
import { openBundle } from '../bundle/open/open-bundle.ts';
import type { PolicySettings } from '../live/policy.ts';
import { Understanding } from '../live/understanding.ts';
import { readGgufHeader } from '../llama/gguf-header.ts';

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

interface Facts {
  /** Of its manifest. */
  readonly place: string;
  readonly policy: PolicySettings;
  readonly understanding: Understanding;
  readonly files: readonly string[];
  /** As `stateOf` has it. */
  readonly state: string;
}

/** What is known of the bundle that was asked about last. It is opened once, and again when one of its files has changed. */
export class BundleFacts {
  readonly #turns = new Turns();
  #kept: Facts | undefined;

  /** When it speaks, with the theta it was calibrated to in the quantisation it has. @throws OnlookerError `bundle-*` */
  async policy(name: string): Promise<PolicySettings> {
    return (await this.#facts(name, true)).policy;
  }

  /** What its model can be asked and told. @throws OnlookerError `bundle-*` */
  async understanding(nameOrFolder: string): Promise<Understanding> {
    return (await this.#facts(nameOrFolder, false)).understanding;
  }

  /** Refuses one that cannot be used, before anything depends on it. @throws OnlookerError `bundle-*` */
  async check(name: string): Promise<void> {
    await this.#facts(name, true);
  }

  /** @param installedOnly for a name from the settings, which other programs may change */
  #facts(nameOrFolder: string, installedOnly: boolean): Promise<Facts> {
    return this.#turns.run(async () => {
      const name = splitQuantisation(nameOrFolder);
      const place = join((installedOnly ? findInstalledBundle : findBundle)(name.bundle), name.manifest);
      const kept = this.#kept;
      if (kept?.place === place && kept.state === (await stateOf(kept.files))) return kept;
      this.#kept = undefined;
      const { folder, manifest, path } = await openBundle(nameOrFolder, { installedOnly, verifyHashes: false });
      const { quantisation } = readGgufHeader(path('language'));
      const files = [place, ...filesOf(folder, manifest)];
      this.#kept = {
        ...{ place, files, state: await stateOf(files) },
        policy: { ...manifest.decision, theta: manifest.decision.calibration[quantisation] ?? manifest.decision.theta },
        understanding: new Understanding(manifest),
      };
      return this.#kept;
    });
  }
}

function filesOf(folder: string, { files }: BundleManifest): string[] {
  return Object.values(files).flatMap((file) => (file ? [join(folder, file.path)] : []));
}

/** Another text when one of the files is another one, or is gone. */
async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ dev, ino, size, mtimeMs }) => [dev, ino, size, mtimeMs].join(' '),
        () => 'gone',
      ),
    ),
  );
  return states.join('\n');
}
