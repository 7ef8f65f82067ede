/** Everything behind the window in a browser: engine, memory, settings, outputs and the server. */
import type { Assistant } from '../assistant/assistant.ts';
import { composeAssistant } from '../assistant/compose.ts';
import type { Log } from '../assistant/outcome.ts';
import { shortTime } from '../base/clock.ts';
import { OnlookerError } from '../base/errors.ts';
import { say } from '../base/terminal.ts';
import { oneLine } from '../output/clean-text.ts';
import { type BrowserServer, openServer } from '../server/http.ts';
import { buildWindow } from './build-window.ts';
import { Interrupt } from './interrupt.ts';
import { openBrowser } from './open-browser.ts';
import { announceServer } from './running-server.ts';
import { StandardOutput } from './standard-output.ts';

export interface BrowserModeOptions {
  /** Default: any that is free. */
  readonly port?: number | undefined;
  /** Folder of the memory; default the user's. */
  readonly memory?: string | undefined;
  /** Settings file; default the user's. */
  readonly settings?: string | undefined;
  /** Where defects and refused requests are written; default standard error. */
  readonly log?: Log;
}

export interface BrowserMode extends AsyncDisposable {
  readonly assistant: Assistant;
  readonly server: BrowserServer;
}

/** @throws OnlookerError `usage` when the port is taken, `settings-unusable` */
export async function openBrowserMode({ port, memory, settings, log }: BrowserModeOptions): Promise<BrowserMode> {
  await using opened = new AsyncDisposableStack();
  const { assistant } = opened.use(await composeAssistant({ settings, memory, ...(log && { log }) }));
  const server = opened.use(await openServer({ assistant, ...(port !== undefined && { port }), ...(log && { log }) }));
  const owned = opened.move();
  return { assistant, server, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

export interface ShowOptions extends BrowserModeOptions {
  /** Whether a browser is opened. */
  readonly open: boolean;
  /** Watched instead of what the settings say. */
  readonly source: string | undefined;
  /** Whether what is said also goes to standard output; default no: it gets the address only. */
  readonly narrate?: boolean;
}

/** Serves the window until Ctrl-C, and returns the exit code. @throws what `openBrowserMode` and `buildWindow` throw */
export async function showInBrowser({ open, source, narrate = false, ...options }: ShowOptions): Promise<number> {
  using interrupt = new Interrupt();
  const stdout = new StandardOutput(() => interrupt.stop());
  // A terminal that narrates can do so while the window is being built.
  if (!narrate) await buildWindow(say);
  await using mode = await openBrowserMode(options);
  const { assistant, server } = mode;
  if (narrate) {
    assistant.subscribe((news) => {
      if (news.type !== 'speech' || !news.speech.done || news.speech.text === '') return;
      const { t, text, query } = news.speech;
      void stdout.line(`[${shortTime(t)}] ${query === undefined ? '' : `Q: ${oneLine(query)} / A: `}${oneLine(text)}`);
    });
  }
  // What fails is told in the window, too; the server goes on.
  assistant.start(source).catch((error: unknown) => {
    say(error instanceof OnlookerError ? error.message : String(error));
  });
  if (narrate) {
    await buildWindow(say);
    say(`The window is at ${server.address()} (Ctrl-C ends it).`);
  } else {
    await stdout.line(server.address());
  }
  await using owned = new AsyncDisposableStack();
  try {
    const token = owned.use(await announceServer(server));
    say(`Other programs are let in with the token in ${token.path}.`);
    if (open) owned.use(await openBrowser(server.address()));
  } catch (error) {
    if (!(error instanceof OnlookerError)) throw error;
    say(error.message); // the address that was printed opens the window all the same
  }
  await ended(interrupt.signal);
  return 0;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
