/** Who writes answers and recaps of the past: the chat model that the user has named in the settings, else nobody. */
import type { Settings } from '../../preload/contract.ts';
import { Turns } from '../base/turns.ts';
import type { ChatModel } from '../chat/chat-model.ts';
import { openChatModel } from '../chat/open-chat-model.ts';
import type { Evidence } from '../memory/find/ask.ts';
import { plainAnswer } from '../output/answer.ts';
import { type ChatWriterOptions, chatAnswer } from '../output/chat-answer.ts';
import { chatRecap } from '../output/chat-recap.ts';
import { recapMarkdown, type WrittenRecap } from '../output/recap.ts';
import { sentence } from './outcome.ts';

type Choice = Settings['chat'];

/** Opens the model when something is to be written, and keeps it until another is chosen. */
export class Writing implements AsyncDisposable {
  readonly #chosen: () => Choice;
  readonly #notify: (code: string, message: string) => void;
  /** A model in this process writes one text at a time, and is closed behind the last. */
  readonly #turns = new Turns();
  /** Ends what a model is still writing. */
  readonly #over = new AbortController();
  #open: { readonly choice: string; readonly model: ChatModel } | undefined;

  /** @param notify told where texts go, once a model, and why a text was written without it */
  constructor(chosen: () => Choice, notify: (code: string, message: string) => void) {
    this.#chosen = chosen;
    this.#notify = notify;
  }

  answer(question: string, evidence: Evidence): Promise<string> {
    return this.#turns.run(async () => {
      const model = evidence.seen.length > 0 ? await this.#model() : undefined;
      return (model ? chatAnswer(model, this.#options(model)) : plainAnswer)(question, evidence);
    });
  }

  /** Markdown. */
  recap(recap: WrittenRecap): Promise<string> {
    return this.#turns.run(async () => {
      const model = await this.#model();
      return model ? chatRecap(model, recap, this.#options(model)) : recapMarkdown(recap);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#turns.run(() => this.#close());
  }

  async #model(): Promise<ChatModel | undefined> {
    const chosen = this.#chosen();
    const choice = JSON.stringify(chosen);
    if (this.#open?.choice === choice) return this.#open.model;
    await this.#close();
    if (chosen === null) return undefined;
    try {
      const key = process.env.ONLOOKER_CHAT_KEY || undefined;
      const model = await openChatModel({ model: chosen.model, url: chosen.url ?? undefined, key });
      this.#open = { choice, model };
      if (model.notice !== undefined) this.#notify('chat-sent', model.notice);
      return model;
    } catch (error) {
      this.#notify('chat-failed', sentence(error));
      return undefined;
    }
  }

  /** Where texts go has been told; what is left to tell is why the model did not write. */
  #options({ notice }: ChatModel): ChatWriterOptions {
    const onNotice = (line: string) => {
      if (line !== notice) this.#notify('chat-failed', line);
    };
    return { onNotice, signal: this.#over.signal };
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.model[Symbol.asyncDispose]();
  }
}
