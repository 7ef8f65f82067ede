/** A recap whose beginning a chat model writes; the activities it rests on stand behind it, with their numbers. */

import type { ChatModel } from '../chat/chat-model.ts';
import { type ChatWriterOptions, citing } from './chat-answer.ts';
import { recapPrompt } from './chat-prompt.ts';
import { markdownText } from './clean-text.ts';
import { recapMarkdown, type WrittenRecap } from './recap.ts';

/** As `recapMarkdown`, told by the model; without it, where it fails. */
export async function chatRecap(
  model: ChatModel,
  recap: WrittenRecap,
  options: ChatWriterOptions = {},
): Promise<string> {
  const lines = recap.activities.map(({ line }, i) => `[${i + 1}] ${line}`);
  const cited = await citing(model, recapPrompt(lines), lines.length, options);
  if (!cited) return recapMarkdown(recap);
  // Its own words are shown as they are; citations stay readable.
  const told = cited.text.split('\n').map((line) => markdownText(line).replaceAll(/\\\[(\d+)\\\]/g, '[$1]'));
  return recapMarkdown(recap, told.join('\n\n'));
}
