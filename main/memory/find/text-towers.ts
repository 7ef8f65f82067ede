import { Turns } from '../../base/turns.ts';
import type { Bundle } from '../../bundle/bundle.ts';
import { findInstalledBundle, splitQuantisation } from '../../bundle/folders.ts';
import { openBundle } from '../../bundle/open/open-bundle.ts';
import { readManifest } from '../../bundle/read-manifest.ts';
import { openTextTower, type TextTower } from '../../vision/text-tower.ts';

/** An installed bundle, and its text tower when that is wanted: undefined where it has none. */
export interface OpenedBundle {
  readonly manifest: Bundle['manifest'];
  tower(): Promise<TextTower | undefined>;
}

/**
 * Keeps the bundle that was used last, and its text tower: to open them takes a hundred times as long as to encode a text.
 * What uses them takes turns, because many opened at once would fill the machine's memory.
 */
export class TextTowers implements AsyncDisposable {
  readonly #turns = new Turns();
  #kept: KeptBundle | undefined;

  /**
   * Does `work` with an installed bundle; one that was installed anew meanwhile is opened anew.
   * @throws OnlookerError `bundle-missing`, and what a bundle throws that is there but not whole
   */
  with<T>(name: string, work: (bundle: OpenedBundle) => Promise<T>): Promise<T> {
    return this.#turns.run(async () => work(await this.#opened(name)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.run(() => this.#close());
  }

  async #opened(name: string): Promise<KeptBundle> {
    const { bundle, manifest } = splitQuantisation(name);
    // The manifest has the hash of every file: while it is the same, so is the bundle.
    const { hash } = await readManifest(findInstalledBundle(bundle), manifest);
    if (this.#kept?.name === name && this.#kept.hash === hash) return this.#kept;
    await this.#close();
    this.#kept = new KeptBundle(name, await openBundle(name, { installedOnly: true, verifyHashes: false }));
    return this.#kept;
  }

  async #close(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.[Symbol.asyncDispose]();
  }
}

class KeptBundle implements OpenedBundle, AsyncDisposable {
  readonly name: string;
  readonly #bundle: Bundle;
  #tower: TextTower | undefined;

  constructor(name: string, bundle: Bundle) {
    this.name = name;
    this.#bundle = bundle;
  }

  get hash(): string {
    return this.#bundle.hash;
  }

  get manifest(): Bundle['manifest'] {
    return this.#bundle.manifest;
  }

  async tower(): Promise<TextTower | undefined> {
    this.#tower ??= await openTextTower(this.#bundle);
    return this.#tower;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tower?.[Symbol.asyncDispose]();
  }
}
