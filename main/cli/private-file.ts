import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { userRuntime } from '../base/data-home.ts';
import { OnlookerError } from '../base/errors.ts';

/** A file that only the user can read. It goes when it is disposed of. */
export class PrivateFile implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Writes a new file; one of the same name, which an earlier run left behind, is removed.
   * @param folder default that of the running program, which is made for the user alone
   * @throws OnlookerError `output-unwritable`
   */
  static async write(name: string, text: string, folder = userRuntime()): Promise<PrivateFile> {
    const path = join(folder, name);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await rm(path, { force: true });
      await using file = await open(path, 'wx', 0o600);
      await file.writeFile(text);
    } catch (cause) {
      const message = `Cannot write ${path}. Check the permissions of its folder and room on the disk.`;
      throw new OnlookerError('output-unwritable', message, { cause });
    }
    return new PrivateFile(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { force: true });
  }
}
