/** A GGUF file as a chat model, in this process, by node-llama-cpp's own chat interface. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { LlamaChatSession } from 'node-llama-cpp';
import { OnlookerError } from '../errors.ts';
import { tryChatModelOut } from '../trial/trial.ts';
import { ChatFailure, type ChatModel, type ChatModelOptions, type ChatRequest } from './chat-model.ts';

/** Tokens of its context, at most: the longest prompt has some 4000. */
const contextTokens = 8192;
/** Tokens of a reply. */
const replyTokens = 800;

/** Loaded at the first reply. @throws OnlookerError `usage` when there is no such file */
export function openLocalModel({ model, threads = defaultThreads(), trial = false }: ChatModelOptions): ChatModel {
  if (!existsSync(model)) {
    const message = `--chat-model "${model}": there is no such file. Name a GGUF file, or an endpoint with --chat-url.`;
    throw new OnlookerError('usage', message);
  }
  const owned = new AsyncDisposableStack();
  return {
    notice: undefined,
    async reply({ system, user, signal }: ChatRequest) {
      try {
        if (!trial) await tryChatModelOut(model);
        const session = await openSession(owned, { path: model, threads, system });
        const abort = signal && { signal, stopOnAbortSignal: false };
        return await session.prompt(user, { maxTokens: trial ? 1 : replyTokens, temperature: 0, ...abort });
      } catch (cause) {
        if (signal?.aborted) throw cause;
        const what = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
        throw new ChatFailure(`${model} does not run (${what})`, { cause });
      }
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

async function openSession(
  owned: AsyncDisposableStack,
  { path, threads, system }: { readonly path: string; readonly threads: number; readonly system: string },
): Promise<LlamaChatSession> {
  // Only here: it brings native code, and most users name no model.
  const { getLlama, LlamaChatSession, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    ...{ build: 'never', progressLogs: false, logLevel: LlamaLogLevel.fatal, maxThreads: threads },
    logger: () => {},
  });
  owned.defer(() => llama.dispose());
  const model = owned.use(await llama.loadModel({ modelPath: path }));
  const context = owned.use(await model.createContext({ contextSize: { max: contextTokens }, threads }));
  return new LlamaChatSession({ contextSequence: context.getSequence(), systemPrompt: system });
}

function defaultThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));
}
