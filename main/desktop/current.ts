import type { Hello, News, Settings, Status } from '../../preload/contract.ts';
import type { Assistant } from './assistant.ts';

/** The newest status and settings, for what is drawn outside of the windows: tray, shortcuts, overlay. */
export class Current implements Disposable {
  status: Status;
  settings: Settings;
  /** False until a source was chosen once. */
  readonly welcomed: boolean;
  readonly #listeners = new Set<() => void>();
  readonly #end: () => void;

  private constructor(assistant: Assistant, { status, settings, welcomed }: Hello) {
    this.status = status;
    this.settings = settings;
    this.welcomed = welcomed;
    this.#end = assistant.subscribe((news) => this.#hear(news));
  }

  /** @throws Error when the assistant cannot say hello: nothing could be drawn then */
  static async of(assistant: Assistant): Promise<Current> {
    const hello = await assistant.answer('hello', {});
    if (!hello.ok) throw new Error(hello.message);
    return new Current(assistant, hello.value as Hello);
  }

  /** Called at once and after every change. Returns what ends it. */
  follow(listener: () => void): () => void {
    this.#listeners.add(listener);
    listener();
    return () => this.#listeners.delete(listener);
  }

  [Symbol.dispose](): void {
    this.#end();
    this.#listeners.clear();
  }

  #hear(news: News): void {
    if (news.type === 'status') this.status = news.status;
    else if (news.type === 'settings') this.settings = news.settings;
    else return;
    for (const listener of this.#listeners) listener();
  }
}
