/** The desktop shell on the stand-in for Electron, around an assistant that only remembers what it was asked. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assistant } from '../../main/desktop/assistant.ts';
import { startDesktop } from '../../main/desktop/desktop.ts';
import { defaultSettings } from '../../main/settings/settings-schema.ts';
import type { Hello, News, RequestName, Settings, Status } from '../../preload/contract.ts';
import { standIn } from './electron-stand-in.ts';

export class AskedAssistant implements Assistant {
  readonly asked: { readonly name: RequestName; readonly input: unknown }[] = [];
  readonly #listeners = new Set<(news: News) => void>();
  hello: Hello;
  ended = false;
  /** Thrown at the next request. */
  failure: unknown;

  constructor(settings: Partial<Settings> = {}, welcomed = true) {
    const status: Status = {
      ...{ state: 'watching', source: 'screen', bundle: 'desk-nano', lastFrameAt: Date.now(), theta: 0.5 },
      ...{ pausedUntil: null, snoozedUntil: null, filtering: false, remembering: true, message: null },
    };
    const all = { ...defaultSettings, source: 'screen', ...settings };
    this.hello = { version: '0', status, settings: all, speeches: [], welcomed, sample: 'desk.mp4', preview: null };
  }

  async answer(name: RequestName, input: unknown) {
    if (this.failure !== undefined && name !== 'hello') throw this.failure;
    this.asked.push({ name, input });
    if (name === 'hello') return { ok: true as const, value: this.hello };
    if (name === 'sources') {
      return { ok: true as const, value: [{ source: 'screen', kind: 'screen', name: 'Screen & more' }] };
    }
    return { ok: true as const, value: null };
  }

  subscribe(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  status(change: Partial<Status>): void {
    this.hello = { ...this.hello, status: { ...this.hello.status, ...change } };
    this.tell({ type: 'status', status: this.hello.status });
  }

  settings(change: Partial<Settings>): void {
    this.hello = { ...this.hello, settings: { ...this.hello.settings, ...change } };
    this.tell({ type: 'settings', settings: this.hello.settings });
  }

  tell(news: News): void {
    for (const listener of this.#listeners) listener(news);
  }

  /** What was asked for under that name, in order. */
  inputs(name: RequestName): unknown[] {
    return this.asked.filter((each) => each.name === name).map(({ input }) => input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ended = true;
  }
}

export interface StartedShell extends AsyncDisposable {
  readonly assistant: AskedAssistant;
}

/** Starts the shell as `main.ts` does; call `standIn.reset()` before. */
export async function startShell(
  options: { settings?: Partial<Settings>; welcomed?: boolean; platform?: NodeJS.Platform; renderer?: string } = {},
): Promise<StartedShell> {
  standIn.userData = mkdtempSync(join(tmpdir(), 'onlooker-shell-'));
  const assistant = new AskedAssistant(options.settings, options.welcomed);
  const running = await startDesktop({
    openAssistant: async () => assistant,
    renderer: options.renderer ?? join(standIn.userData, 'renderer'),
    icons: '/icons',
    releases: 'https://releases.example/latest',
    platform: options.platform ?? 'linux',
  });
  return { assistant, [Symbol.asyncDispose]: async () => running?.[Symbol.asyncDispose]() };
}
