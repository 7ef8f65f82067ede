/** A chat model of the user's choice, which may write answers and recaps. There is none unless the user names one. */

import type { CitedSentences } from './cited-grammar.ts';

export interface ChatRequest {
  /** What it is to do. */
  readonly system: string;
  /** What it is to do it with. */
  readonly user: string;
  /** What the reply is to be made of; a model in this process can write nothing else, an endpoint is only asked to. */
  readonly form: CitedSentences;
  /** Aborting ends the reply; `reply` then rejects. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChatModel extends AsyncDisposable {
  /** One line for the user: where texts are about to go; undefined when they stay in this process. */
  readonly notice: string | undefined;
  /** @throws ChatFailure for everything that is not a defect of ours */
  reply(request: ChatRequest): Promise<string>;
}

/** Why there is no reply, in one sentence without a full stop. An answer can be given without one. */
export class ChatFailure extends Error {
  override readonly name = 'ChatFailure';
}

export interface ChatModelOptions {
  /** Address of an endpoint that speaks OpenAI's chat completions, such as `http://127.0.0.1:8080/v1`. */
  readonly url?: string | undefined;
  /** The endpoint's name of the model, or without `url` the path of a GGUF file. */
  readonly model: string;
  /** The endpoint's key. */
  readonly key?: string | undefined;
  /** How long an endpoint may be silent, seconds; default 120: a large model on a CPU reads for long before it writes. */
  readonly silentSeconds?: number;
  /** CPU threads of a model in this process; default half of them, at most 4, because other things run as well. */
  readonly threads?: number;
  /** Whether a model in this process is only tried out: it writes one token, and its file need not have been tried. */
  readonly trial?: boolean;
}
