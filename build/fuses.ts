import { FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';

/** What the packaged program can be talked into, decided once and for all when it is packaged. */
export const fuses = {
  version: FuseVersion.V1 as const,
  strictlyRequireAllFuses: true as const,
  // Not a Node that runs any script, nor one that can be given options or a debugger from outside.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  // Only what was packaged runs, and only as it was packaged (checked by macOS and Windows builds).
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
};

/**
 * Sets the fuses of a packaged program and reads them back.
 * @param executable the program, or on macOS its `.app`
 * @throws Error when one is not as it was set
 */
export async function setFuses(executable: string): Promise<void> {
  await flipFuses(executable, { ...fuses, resetAdHocDarwinSignature: process.platform === 'darwin' });
  const wire = await getCurrentFuseWire(executable);
  for (const name of Object.values(FuseV1Options)) {
    if (typeof name === 'string') continue; // the enumeration's reverse half
    const wanted = fuses[name] ? FuseState.ENABLE : FuseState.DISABLE;
    if (wire[name] !== wanted) throw new Error(`The fuse ${FuseV1Options[name]} could not be set in ${executable}.`);
  }
}
