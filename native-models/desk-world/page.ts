/** The page that draws, in a headless Chromium of its own. */
import { chromium } from 'playwright-core';
import type { Scene } from './scene.ts';
import type { Style } from './style.ts';

/** Where each desktop lies in the common picture, in pixels. */
export interface Grid {
  width: number;
  height: number;
  tiles: { x: number; y: number; style: Style }[];
}

/** A text of a desktop that a person would repeat, and that nothing covers. */
export interface Told {
  /** The window by its id, or the notification. */
  of: number | 'notification';
  text: string;
  /** Height of its letters in pixels of the tile. */
  size: number;
}

/** One step. */
interface Drawn<Picture> {
  /** JPEG. */
  picture: Picture;
  /** For each tile. */
  told: Told[][];
}

export interface Page extends AsyncDisposable {
  load(grid: Grid): Promise<void>;
  /** A step holds the scenes of all tiles. */
  draw(steps: Scene[][]): Promise<Drawn<Buffer>[]>;
}

/** What `page/main.js` puts on the window. */
interface DeskWorld {
  load(grid: Grid): void;
  draw(steps: Scene[][]): Drawn<string>[];
}

const FLAGS = [
  '--allow-file-access-from-files',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

export const chromiumPath = (): string => process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Opens the drawing page. Fails where there is no Chromium. */
export async function openPage(): Promise<Page> {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS }).catch((cause: unknown) => {
    throw new Error(`Chromium did not start from ${chromiumPath()}. Set CHROMIUM_PATH.`, { cause });
  });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 320, height: 200 } });
  page.on('pageerror', (error) => console.error(error));
  await page.goto(new URL('page/desktop.html', import.meta.url).href);
  await page.waitForFunction('window.deskWorld !== undefined');
  const owned = opened.move();
  return {
    load: (grid) => page.evaluate((g) => (globalThis as unknown as { deskWorld: DeskWorld }).deskWorld.load(g), grid),
    async draw(steps) {
      const drawn = await page.evaluate(
        (s) => (globalThis as unknown as { deskWorld: DeskWorld }).deskWorld.draw(s),
        steps,
      );
      return drawn.map(({ picture, told }) => ({ picture: Buffer.from(picture, 'base64'), told }));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
