/** Whether the machine runs on its battery. Linux tells in files; elsewhere only the desktop program knows. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const supplies = '/sys/class/power_supply';

/** @param folder for tests */
export async function onBattery(folder: string = supplies): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const read = (name: string, what: string) =>
    readFile(join(folder, name, what), 'utf8').then(
      (text) => text.trim(),
      () => '', // not every supply has it
    );
  const all = await Promise.all(
    names.map(async (name) => ({
      type: await read(name, 'type'),
      online: await read(name, 'online'),
      status: await read(name, 'status'),
      // A mouse has a battery, too.
      scope: await read(name, 'scope'),
    })),
  );
  if (all.some(({ type, online }) => type !== 'Battery' && online === '1')) return false;
  return all.some(({ type, status, scope }) => type === 'Battery' && scope !== 'Device' && status === 'Discharging');
}
