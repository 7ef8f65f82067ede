/**
 * Draws every icon from `icon.svg`: `icon.png` for the packages, which make the formats of each platform from it, and
 * the tray's, whose iris has the colour of its light. Run it after changing the drawing:
 *
 *   node build/make-icons.ts [CHROMIUM]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const drawing = readFileSync(here('icon.svg'), 'utf8');
const iris = '#2f9e78';
const lights = { green: '#1fae6b', amber: '#e8a317', red: '#d83a3a', grey: '#7d858a' };

await using browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
await draw(page, drawing, 1024, 'icon.png');
for (const [light, colour] of Object.entries(lights)) {
  // Of sixteen pixels the iris must be most: the light is what is looked for.
  const svg = drawing.replace(iris, colour).replace('r="176"', 'r="300"').replace('r="84"', 'r="110"');
  await draw(page, svg, 16, `tray/tray-${light}.png`);
  await draw(page, svg, 32, `tray/tray-${light}@2x.png`);
}

async function draw(page: Page, svg: string, size: number, file: string): Promise<void> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px }</style>${svg}`);
  writeFileSync(here(file), await page.screenshot({ omitBackground: true }));
}
