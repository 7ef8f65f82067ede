/** Hands the page that captures its port, and nothing else. */
import { ipcRenderer } from 'electron';
import { captureChannel } from './channels.ts';

/** What of the window's own object is needed here; the rest of the program knows no DOM. */
interface Page {
  postMessage(message: unknown, origin: string, ports: readonly unknown[]): void;
  readonly location: { readonly origin: string };
}

ipcRenderer.once(captureChannel, ({ ports }, wanted: object) => {
  const page = globalThis as unknown as Page;
  page.postMessage({ ...wanted, type: 'capture' }, page.location.origin, ports);
});
