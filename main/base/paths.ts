import { fileURLToPath } from 'node:url';
import { unpacked } from './unpacked.ts';

/** The folder of package.json. The sources and the built program (`out/main`) lie equally deep in it. */
const root = new URL('../../', import.meta.url);

/** The full path of a file or folder of the program, named from the folder of package.json: "tests/fixtures/desk.mp4". */
export function programPath(name: string): string {
  return fileURLToPath(new URL(name, root));
}

/** The same for what native code and other programs open: where it really lies when the program is packaged. */
export function nativePath(name: string): string {
  return unpacked(programPath(name));
}
