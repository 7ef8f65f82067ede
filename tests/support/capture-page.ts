/** A page that captures, without a browser: what the hidden window was asked for, and the real port it was given. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BrowserWindow, type MessageChannelMain } from './electron-stand-in.ts';

type Port = MessageChannelMain['port1'];

export interface AskedPage {
  readonly window: BrowserWindow;
  readonly wanted: { readonly fps: number; readonly width: number; readonly height: number };
  readonly port: Port;
  /** What the reader said: `taken`, `stop`. */
  readonly heard: unknown[];
}

/** The page of the newest hidden window, once the program has begun it. @param after pages seen before */
export async function askedPage(after = 0): Promise<AskedPage> {
  for (;;) {
    const windows = BrowserWindow.all.filter(({ webContents }) => webContents.getURL().includes('/capture.html'));
    const window = windows[after];
    const sent = window?.webContents.sent.find(({ name }) => name === 'onlooker:capture');
    if (window && sent && window.webContents.executed.includes('begin()')) {
      const [wanted, [port]] = sent.args as [AskedPage['wanted'], [Port]];
      const heard: unknown[] = [];
      port.on('message', ({ data }: { data: unknown }) => heard.push(data));
      return { window, wanted, port, heard };
    }
    await sleep(5);
  }
}

/** Sends pictures in time as the page does: the next when the one before was taken, the newest of those that came. */
export class PacedPage {
  readonly #page: AskedPage;
  readonly #timer: NodeJS.Timeout;
  #taken = 0;
  #sent = 0;
  #dropped = 0;
  /** Whether pictures come: a page that hangs sends none. */
  hangs = false;

  /** @param draw the picture for the nth tick, and the size of what is shown */
  constructor(page: AskedPage, draw: (tick: number) => { pixels: Uint8Array; width: number; height: number }) {
    this.#page = page;
    let tick = 0;
    page.port.on('message', ({ data }: { data: unknown }) => {
      if (data === 'taken') this.#taken += 1;
      else this.stop();
    });
    this.#timer = setInterval(() => {
      const picture = draw(tick++);
      if (this.hangs) return;
      if (this.#sent > this.#taken) {
        this.#dropped += 1;
        return;
      }
      this.#sent += 1;
      page.port.postMessage({ type: 'frame', at: Date.now(), dropped: this.#dropped, ...picture });
      this.#dropped = 0;
    }, 1000 / page.wanted.fps);
  }

  /** As when the display is unplugged. */
  end(): void {
    this.stop();
    this.#page.port.postMessage({ type: 'ended' });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
