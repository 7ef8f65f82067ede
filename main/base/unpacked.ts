/**
 * The true place of a file that came with the program. Packaged, the program is one archive, which only Electron can
 * read into; what native code and other programs open lies beside it, under the same path.
 */
export function unpacked(path: string): string {
  return path.replace(/([\\/])app\.asar([\\/])/, '$1app.asar.unpacked$2');
}
