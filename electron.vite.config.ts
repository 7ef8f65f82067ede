/** Builds the program for Electron into `out`: main and preload script, and the pages as the browser mode has them. */
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig as ElectronViteConfig } from 'electron-vite';
import type { Plugin, UserConfig } from 'vite';
import { renderer } from './renderer/vite.config.ts';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
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
        // All in one folder, as deep as main/base: base/paths.ts finds the program's own folder from there.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: folder('out/preload'),
      minify: false,
      externalizeDeps: false,
      isolatedEntries: true,
      rolldownOptions: {
        input: {
          index: folder('preload/index.ts'),
          capture: folder('preload/capture.ts'),
          'capture-page': folder('preload/capture-page.js'),
        },
        // A sandboxed preload script can load nothing: no modules, no second file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: windowPages(renderer),
} satisfies ElectronViteConfig);

/** By name: electron-vite would add an empty one to a list. */
function windowPages({ build, ...rest }: typeof renderer): UserConfig {
  const input = Object.fromEntries(build.rolldownOptions.input.map((page) => [basename(page, '.html'), page]));
  return { ...rest, build: { ...build, rolldownOptions: { input } } };
}

/** Builds what the program names as `new URL('./worker.ts', import.meta.url)`: workers and the engine's process. */
function scriptsByAddress(): Plugin {
  const address = /new URL\(\s*'(\.{1,2}\/[^']+)\.ts',\s*import\.meta\.url\s*\)/g;
  return {
    name: 'scripts-by-address',
    // Before anything else has rewritten the quotes.
    enforce: 'pre',
    transform(code, id) {
      if (code.search(address) === -1) return null;
      return code.replaceAll(address, (_all, path: string) => {
        const script = resolve(dirname(id), `${path}.ts`);
        const fileName = relative(folder('main'), script).replaceAll(sep, '-').replace(/ts$/, 'js');
        this.emitFile({ type: 'chunk', id: script, fileName });
        return `new URL('./${fileName}', import.meta.url)`;
      });
    },
  };
}
