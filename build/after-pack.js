import { join } from 'node:path';
import { setFuses } from './fuses.ts';

/**
 * Called by electron-builder when a program lies packed in its folder, before it is signed.
 * @param {import('electron-builder').AfterPackContext} context
 */
export default async function afterPack({ appOutDir, electronPlatformName, packager }) {
  const name = packager.appInfo.productFilename;
  const executables = {
    darwin: `${name}.app`,
    mas: `${name}.app`,
    win32: `${name}.exe`,
    linux: packager.executableName,
  };
  await setFuses(join(appOutDir, executables[electronPlatformName]));
}
