/** The options of commands whose text a chat model of the user's choice may write. */

import { OnlookerError } from '../base/errors.ts';
import { say } from '../base/terminal.ts';
import type { ChatModel } from '../chat/chat-model.ts';
import type { ChatWriterOptions } from '../output/chat-answer.ts';
import { parseSeconds } from '../said-times/typed-times.ts';
import { Interrupt, interrupted } from './interrupt.ts';
import { print } from './standard-output.ts';

export const chatOptions = {
  'chat-model': { type: 'string' },
  'chat-url': { type: 'string' },
  'chat-timeout': { type: 'string' },
} as const;

export const chatUsage = `  --chat-model M   a chat model writes the text: a GGUF file, or with --chat-url the model's name (off)
  --chat-url URL   an endpoint that speaks OpenAI's chat completions; the texts found are sent there.
                   Its key: variable ONLOOKER_CHAT_KEY
  --chat-timeout TIME  how long it may be silent: seconds or [HH:]MM:SS (120)`;

/** The model that was asked for; undefined when none was. @throws OnlookerError `usage` */
export async function openChat(values: {
  readonly 'chat-model'?: string | undefined;
  readonly 'chat-url'?: string | undefined;
  readonly 'chat-timeout'?: string | undefined;
}): Promise<ChatModel | undefined> {
  const { 'chat-model': model, 'chat-url': url, 'chat-timeout': timeout } = values;
  const silentSeconds =
    timeout === undefined ? undefined : parseSeconds('chat-timeout', timeout, { above: true, most: 86_400 });
  if (model === undefined || model.trim() === '') {
    if (model === undefined && url === undefined && timeout === undefined) return undefined;
    throw new OnlookerError(
      'usage',
      'Which model? Write: --chat-model NAME with --chat-url, or --chat-model FILE.gguf.',
    );
  }
  const { openChatModel } = await import('../chat/open-chat-model.ts');
  const key = process.env.ONLOOKER_CHAT_KEY || undefined;
  return openChatModel({ model, url, key, ...(silentSeconds !== undefined && { silentSeconds }) });
}

/** Prints what is written, which takes its time and can be interrupted, and returns the exit code. */
export async function printWritten(write: (options: ChatWriterOptions) => string | Promise<string>): Promise<number> {
  using interrupt = new Interrupt();
  try {
    const onNotice = say;
    await print(await write({ onNotice, signal: interrupt.signal }));
    return 0;
  } catch (error) {
    if (interrupt.byUser) return interrupted;
    throw error;
  }
}
