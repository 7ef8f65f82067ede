/** The memory's key, locked by the system's key store: Keychain, DPAPI, libsecret, KWallet. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { safeStorage } from 'electron';
import { OnlookerError } from '../errors.ts';
import { type KeyKeeper, keyFile } from '../memory/key.ts';

/**
 * Keeps the key in `<path>.locked`, readable for this user on this machine only. A plain key file that is already at
 * `path` is used as it is: the command line reads it, too. Where the system has no key store, a plain key file is made.
 * Can be used once Electron is ready.
 */
export function systemKeyStore(path: string): KeyKeeper {
  const locked = `${path}.locked`;
  const file = keyFile(path);
  return {
    place: `${locked} (system key store)`,
    read: async () => (existsSync(locked) ? readLocked(locked) : file.read()),
    create: async () => (keyStoreWarning() === undefined ? createLocked(locked) : file.create()),
  };
}

/** Why the key is not safe from other programs here; undefined where it is. For a notice. */
export function keyStoreWarning(platform: NodeJS.Platform = process.platform): string | undefined {
  const remedy = 'Anybody who can read your files can read the memory. Encrypt the disk, or install a keyring.';
  if (!safeStorage.isEncryptionAvailable()) return `This system has no key store. ${remedy}`;
  // Linux without a keyring: "encrypted" with a password that is in Chromium's source.
  if (platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) {
    return `No keyring is running here. ${remedy}`;
  }
  return undefined;
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
