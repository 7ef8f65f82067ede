/** Builds the window into `out/renderer`: one page for each window, nothing inline, nothing remote. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type UserConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** As Electron's build takes it in as well. */
export const renderer = {
  root: folder('.'),
  // Relative, so that the pages work behind a custom protocol as well as behind a server.
  base: './',
  publicDir: false,
  plugins: [svelte({ compilerOptions: { runes: true } })],
  build: {
    outDir: folder('../out/renderer'),
    emptyOutDir: true,
    target: 'chrome128',
    // The content security policy allows neither inline data in styles nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index', 'overlay', 'timeline', 'settings', 'welcome'].map((name) => folder(`${name}.html`)),
    },
  },
} satisfies UserConfig;

export default defineConfig(renderer);
