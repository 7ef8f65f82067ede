/** A GGUF file as a chat model, in this process, by node-llama-cpp's own chat interface. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Llama, LlamaModel } from 'node-llama-cpp';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { tryChatModelOut } from '../trial/trial.ts';
import { ChatFailure, type ChatModel, type ChatModelOptions, type ChatRequest } from './chat-model.ts';
import { citedGrammar } from './cited-grammar.ts';

/** Tokens of its context, at most: the longest prompt has some 4000. */
const contextTokens = 8192;
/** Tokens of a reply. */
const replyTokens = 800;

/** Loaded at the first reply, and kept for the next. @throws OnlookerError `usage` when there is no such file */
export function openLocalModel({
  model: path,
  threads = defaultThreads(),
  trial = false,
}: ChatModelOptions): ChatModel {
  if (!existsSync(path)) {
    const message = `--chat-model "${path}": there is no such file. Name a GGUF file, or an endpoint with --chat-url.`;
    throw new OnlookerError('usage', message);
  }
  const owned = new AsyncDisposableStack();
  let loading: Promise<Loaded> | undefined;
  return {
    notice: undefined,
    async reply(request: ChatRequest) {
      try {
        if (!trial) await tryChatModelOut(path);
        loading ??= load(owned, path, threads);
        return await replyOf(await loading, request, { threads, most: trial ? 1 : replyTokens });
      } catch (cause) {
        if (request.signal?.aborted) throw cause;
        const what = errorMessage(cause).split('\n')[0];
        throw new ChatFailure(`${path} does not run (${what})`, { cause });
      }
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

interface Loaded {
  readonly llama: Llama;
  readonly model: LlamaModel;
}

async function load(owned: AsyncDisposableStack, path: string, threads: number): Promise<Loaded> {
  // Only here: it brings native code, and most users name no model.
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    ...{ build: 'never', progressLogs: false, logLevel: LlamaLogLevel.fatal, maxThreads: threads },
    logger: () => {},
  });
  owned.defer(() => llama.dispose());
  return { llama, model: owned.use(await llama.loadModel({ modelPath: path })) };
}

async function replyOf(
  { llama, model }: Loaded,
  request: ChatRequest,
  limits: { readonly threads: number; readonly most: number },
): Promise<string> {
  const { system, user, form, signal } = request;
  const { LlamaChatSession } = await import('node-llama-cpp');
  const grammar = await llama.createGrammar({ grammar: citedGrammar(form), trimWhitespaceSuffix: true });
  await using context = await model.createContext({ contextSize: { max: contextTokens }, threads: limits.threads });
  const session = new LlamaChatSession({ contextSequence: context.getSequence(), systemPrompt: system });
  const abort = signal && { signal, stopOnAbortSignal: false };
  return await session.prompt(user, { grammar, maxTokens: limits.most, temperature: 0, ...abort });
}

function defaultThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));
}
