/** The one file that hears the windows. */
import { BrowserWindow, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { newsChannel, requestChannel } from '../../preload/channels.ts';
import type { News, Outcome, RequestName, WindowName } from '../../preload/contract.ts';
import { isRequestName } from '../../preload/request-names.ts';
import { OnlookerError } from '../base/errors.ts';
import { windowAt } from './addresses.ts';
import { complain } from './complain.ts';

export type Answering = (name: RequestName, input: object, from: WindowName) => Promise<Outcome<unknown>>;

/** Longest request as JSON, characters: a standing instruction or a settings change is far below. */
const longest = 100_000;

/**
 * Lets requests through that come from the main frame of a page of ours, bear a name of the contract and carry plain
 * data of a sensible size; refuses all else with code `refused`, and says so in the log.
 */
export function openIpcGate(answer: Answering): Disposable {
  ipcMain.handle(requestChannel, async (event, name: unknown, input: unknown): Promise<Outcome<unknown>> => {
    const from = senderOf(event);
    if (!from) return refuse('A page that is not ours asked for something.');
    if (!isRequestName(name)) return refuse('There is no such request.');
    if (!isPlainObject(input)) return refuse(`The request "${name}" does not carry an object.`);
    if (lengthOf(input) > longest) return refuse(`The request "${name}" is too long.`);
    try {
      return await answer(name, input, from);
    } catch (error) {
      if (error instanceof OnlookerError) return { ok: false, code: error.code, message: error.message };
      complain(error);
      return { ok: false, code: 'defect', message: 'Something went wrong inside Onlooker. Its log says more.' };
    }
  });
  return { [Symbol.dispose]: () => ipcMain.removeHandler(requestChannel) };
}

/** Tells all of our windows. */
export function tellWindows(news: News): void {
  for (const window of BrowserWindow.getAllWindows()) {
    if (windowAt(window.webContents.getURL())) window.webContents.send(newsChannel, news);
  }
}

/** The window a request comes from; undefined for a subframe, a foreign page or one that has navigated away meanwhile. */
function senderOf({ senderFrame }: IpcMainInvokeEvent): WindowName | undefined {
  if (!senderFrame || senderFrame.parent !== null) return undefined;
  return windowAt(senderFrame.url);
}

function refuse(message: string): Outcome<never> {
  complain(new Error(message));
  return { ok: false, code: 'refused', message };
}

function isPlainObject(input: unknown): input is object {
  if (typeof input !== 'object' || input === null) return false;
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
}

function lengthOf(input: object): number {
  try {
    return JSON.stringify(input).length;
  } catch {
    return Number.POSITIVE_INFINITY; // a cycle, or a number too big for JSON
  }
}
