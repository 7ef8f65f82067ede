/** Builds the program for Electron into `out`: main and preload script; the pages as `renderer/vite.config.ts` says. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig as ElectronViteConfig } from 'electron-vite';
import type { Plugin, UserConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const pages = './renderer/vite.config.ts';

export default defineConfig(
  async (): Promise<ElectronViteConfig> => ({
    main: {
      plugins: [scriptsByAddress()],
      // Empty in a build that is nobody's release: such a one cannot ask for newer ones.
      define: { 'process.env.ONLOOKER_RELEASES': JSON.stringify(process.env.ONLOOKER_RELEASES ?? '') },
      build: {
        outDir: folder('out/main'),
        target: 'node24',
        // Stack traces in a user's report must be readable.
        minify: false,
        rolldownOptions: {
          input: { index: folder('main/desktop/main.ts') },
          // All in one folder: as deep as the sources are, so that paths to what lies outside of it stay right.
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        },
      },
    },
    preload: {
      build: {
        outDir: folder('out/preload'),
        minify: false,
        externalizeDeps: false,
        rolldownOptions: {
          input: { index: folder('preload/index.ts') },
          // A sandboxed preload script can load nothing: no modules, no second file.
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    },
    ...(existsSync(folder(pages)) ? { renderer: ((await import(pages)) as { renderer: UserConfig }).renderer } : {}),
  }),
);

/** Builds what the program names as `new URL('./worker.ts', import.meta.url)`: workers and the engine's process. */
function scriptsByAddress(): Plugin {
  const address = /new URL\(\s*'(\.{1,2}\/[^']+)\.ts',\s*import\.meta\.url\s*\)/g;
  return {
    name: 'scripts-by-address',
    transform(code, id) {
      if (!address.test(code)) return null;
      return code.replaceAll(address, (_all, path: string) => {
        const reference = this.emitFile({ type: 'chunk', id: resolve(dirname(id), `${path}.ts`) });
        return `new URL(import.meta.ROLLUP_FILE_URL_${reference})`;
      });
    },
  };
}
