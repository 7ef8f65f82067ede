import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { ChatFailure, type ChatModel, type ChatModelOptions, type ChatRequest } from './chat-model.ts';
import { replyIn } from './completion-stream.ts';

/** An endpoint that speaks OpenAI's chat completions. Nothing but its address is ever contacted. */
export class Endpoint implements ChatModel {
  readonly notice: string;
  readonly #address: URL;
  readonly #options: ChatModelOptions;

  /** @throws OnlookerError `usage` */
  constructor(options: ChatModelOptions & { readonly url: string }) {
    this.#address = completionsAddress(options.url);
    this.#options = options;
    const { protocol, host, hostname, pathname } = this.#address;
    const where = isLoopback(hostname) ? 'on this machine' : 'which is not this machine';
    const plain = protocol === 'http:' && !isLoopback(hostname) ? ', unencrypted' : '';
    this.notice = `The question and the texts found for it are sent to ${protocol}//${host}${pathname}, ${where}${plain}.`;
  }

  async reply({ system, user, signal }: ChatRequest): Promise<string> {
    const { model, key, silentSeconds = 120 } = this.#options;
    using silence = new Silence(silentSeconds);
    const messages = [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ];
    try {
      const response = await fetch(this.#address, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream, application/json',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, messages, stream: true, temperature: 0 }),
        // Following one would take the texts to a host that the user has not named.
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
      });
      silence.broken();
      if (!response.ok) throw await refusal(response);
      return await replyIn(response, () => silence.broken());
    } catch (error) {
      if (error instanceof ChatFailure || signal?.aborted) throw error;
      if (silence.signal.aborted) throw new ChatFailure(`it has been silent for ${silentSeconds} s`, { cause: error });
      throw new ChatFailure(`it cannot be reached (${reason(error)})`, { cause: error });
    }
  }

  /** Nothing is held open. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Aborts when nothing has come for so long. */
class Silence implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(seconds: number) {
    this.#timer = setTimeout(() => this.#controller.abort(), 1000 * seconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came. */
  broken(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

function completionsAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    const example = 'Write it as http://127.0.0.1:8080/v1; a key belongs into the variable ONLOOKER_CHAT_KEY.';
    throw new OnlookerError('usage', `--chat-url: this is no address of an endpoint. ${example}`);
  }
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/chat/completions') ? path : `${path}/chat/completions`;
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

async function refusal(response: Response): Promise<ChatFailure> {
  const { status } = response;
  if (status === 401 || status === 403) {
    await response.body?.cancel();
    return new ChatFailure(`it refuses the key (${status}); put the right one into ONLOOKER_CHAT_KEY`);
  }
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    return new ChatFailure(`it sends elsewhere (${status}), which is not followed`);
  }
  const text = (await response.text().catch(() => '')).replaceAll(/\s+/g, ' ').slice(0, 200);
  return new ChatFailure(`it answers ${status}${text === '' ? '' : `: ${text}`}`);
}

function reason(error: unknown): string {
  const beneath = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (beneath instanceof Error && 'code' in beneath && typeof beneath.code === 'string') return beneath.code;
  return errorMessage(beneath);
}
