import type { ChatModel, ChatModelOptions } from './chat-model.ts';

/** Opens the model that the options name. @throws OnlookerError `usage` when they cannot be meant */
export async function openChatModel(options: ChatModelOptions): Promise<ChatModel> {
  if (options.url === undefined) return (await import('./local-model.ts')).openLocalModel(options);
  const { Endpoint } = await import('./endpoint.ts');
  return new Endpoint({ ...options, url: options.url });
}
