import { dirname, resolve } from 'node:path';
import { OnlookerError } from './errors.ts';

/** What went wrong with writing `path`, which `option` names, and what to do about it. */
export function unwritable(
  path: string,
  cause: unknown,
  option: '--out' | '--snapshot' | '--report' = '--out',
): OnlookerError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const folder = dirname(resolve(path));
  const reasons: Record<string, string> = {
    ENOENT: `the folder ${folder} does not exist. Create it, or give ${option} another place.`,
    ENOTDIR: `${folder} is not a folder. Give ${option} another place.`,
    EISDIR: `it is a folder. Give ${option} the name of a file.`,
    ESPIPE: `it is a device or a pipe, and this needs a file. Give ${option} another place.`,
    EACCES: `permission is missing. Change the permissions, or give ${option} another place.`,
    EPERM: `the system does not permit it. Give ${option} another place.`,
    EROFS: `it lies on a read-only disk. Give ${option} another place.`,
    ENOSPC: `the disk is full. Free some space, or give ${option} another place.`,
    EFBIG: `no file may become larger here (see "ulimit -f"). Raise that limit, or give ${option} another place.`,
    EDQUOT: `your disk quota is used up. Free some space, or give ${option} another place.`,
    ENAMETOOLONG: `its name is too long. Give ${option} a shorter one.`,
  };
  const reason = reasons[code] ?? `the system says ${code || String(cause)}. Give ${option} another place.`;
  return new OnlookerError('output-unwritable', `Cannot write ${path}: ${reason}`, { cause });
}
