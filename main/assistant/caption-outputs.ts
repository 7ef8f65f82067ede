/** Where narration goes besides the windows: the text file and OBS, as the settings name them. */
import type { News, Settings, Speech } from '../../preload/contract.ts';
import { ObsCaptions } from '../output/obs-captions.ts';
import { ObsTextFile } from '../output/obs-text-file.ts';
import type { Assistant } from './assistant.ts';

/** Follows the assistant and its settings until it is disposed of. */
export class CaptionOutputs implements AsyncDisposable {
  readonly #assistant: Assistant;
  readonly #end: () => void;
  #settings: Pick<Settings, 'textFile' | 'obs'> = { textFile: null, obs: null };
  #file: ObsTextFile | undefined;
  #obs: ObsCaptions | undefined;

  constructor(assistant: Assistant) {
    this.#assistant = assistant;
    this.#end = assistant.subscribe((news) => this.#on(news));
    this.#follow(assistant.settings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    this.#obs?.[Symbol.dispose]();
    await this.#file?.[Symbol.asyncDispose]();
  }

  #on(news: News): void {
    if (news.type === 'settings') this.#follow(news.settings);
    if (news.type === 'speech') this.#show(news.speech);
    // It may be what the file still shows. OBS has its captions already.
    if (news.type === 'forgotten') this.#file?.show('', true);
  }

  #show({ text, done }: Speech): void {
    this.#file?.show(text, done);
    // OBS puts captions after one another: only whole ones.
    if (done && text !== '') this.#obs?.send(text);
  }

  #follow({ textFile, obs }: Settings): void {
    const before = this.#settings;
    this.#settings = { textFile, obs };
    if (textFile !== before.textFile) {
      void this.#file?.[Symbol.asyncDispose]();
      this.#file =
        textFile === null
          ? undefined
          : new ObsTextFile(textFile, this.#assistant.textFiles, ({ message }) =>
              this.#assistant.notify('text-file', message),
            );
    }
    if (JSON.stringify(obs) !== JSON.stringify(before.obs)) {
      this.#obs?.[Symbol.dispose]();
      this.#obs = obs === null ? undefined : new ObsCaptions(obs, (problem) => this.#assistant.notify('obs', problem));
    }
  }
}
