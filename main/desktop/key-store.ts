/** The memory's key, locked by the system's key store: Keychain, DPAPI, libsecret, KWallet. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { safeStorage } from 'electron';
import { OnlookerError } from '../base/errors.ts';
import { type KeyKeeper, keyFile } from '../memory/store/key.ts';
import { memoryFiles } from '../memory/store/location.ts';

/**
 * Keeps the key of the memory in `folder` in its file `memory.key.locked`, which this user alone can unlock, on this
 * machine alone. It is never written in plain form. A plain key file that the command line has made is used as it is.
 * On a Linux without a keyring the lock is one that anybody can open: `keyStoreWarning` says so. Can be used once
 * Electron is ready.
 */
export function systemKeyStore(folder: string): KeyKeeper {
  const { key, lockedKey } = memoryFiles(folder);
  // Else Electron would refuse where there is no keyring, and the key would have to lie there unlocked.
  if (process.platform === 'linux' && !safeStorage.isEncryptionAvailable()) safeStorage.setUsePlainTextEncryption(true);
  return {
    place: `${lockedKey} (system key store)`,
    read: async () => (existsSync(lockedKey) ? readLocked(lockedKey) : keyFile(key).read()),
    create: () => createLocked(lockedKey),
  };
}

/** Why the key is not safe from other programs here; undefined where it is. For a notice. */
export function keyStoreWarning(platform: NodeJS.Platform = process.platform): string | undefined {
  const remedy = 'Anybody who can read your files can read the memory. Encrypt the disk, or install a keyring.';
  // Linux without a keyring: "encrypted" with a password that is in Chromium's source.
  if (platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) {
    return `No keyring is running here. ${remedy}`;
  }
  return safeStorage.isEncryptionAvailable() ? undefined : `This system has no key store. ${remedy}`;
}

async function readLocked(path: string): Promise<Buffer> {
  let text: string;
  try {
    text = safeStorage.decryptString(await readFile(path));
  } catch (cause) {
    const message = `The key in ${path} cannot be unlocked. Log in as the user who made it, and unlock the keyring.`;
    throw new OnlookerError('memory-locked', message, { cause });
  }
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  throw new OnlookerError('memory-locked', `The file ${path} does not hold a key. Put the right one back.`);
}

async function createLocked(path: string): Promise<Buffer> {
  if (!safeStorage.isEncryptionAvailable()) {
    const message =
      "The system's key store cannot be used, and without it the memory would have no protection. Unlock it, or switch remembering off in the settings.";
    throw new OnlookerError('memory-locked', message);
  }
  const key = randomBytes(32);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, safeStorage.encryptString(key.toString('hex')), {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
    await link(temporary, path); // whole or not at all, and never over another one
    return key;
  } catch (cause) {
    if (existsSync(path)) return readLocked(path); // another program was faster
    const message = `The key file ${path} cannot be written. Check the folder's permissions.`;
    throw new OnlookerError('memory-unwritable', message, { cause });
  } finally {
    await rm(temporary, { force: true });
  }
}
