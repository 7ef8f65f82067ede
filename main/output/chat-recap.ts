/** A recap whose beginning a chat model writes; the activities it rests on stand behind it, with their numbers. */

import { localClock, localDay } from '../base/clock.ts';
import type { ChatModel } from '../chat/chat-model.ts';
import type { Activity } from '../memory/find/recap.ts';
import { type ChatWriterOptions, citing } from './chat-answer.ts';
import { recapPrompt } from './chat-prompt.ts';
import { markdownText, oneLine } from './clean-text.ts';
import { type RecapTextOptions, recapMarkdown, saidIn } from './recap.ts';

/** As `recapMarkdown`, told by the model; without it, where it fails. */
export async function chatRecap(
  model: ChatModel,
  activities: readonly Activity[],
  options: RecapTextOptions & ChatWriterOptions = {},
): Promise<string> {
  const lines = activities.map((activity, i) => {
    const { at, until, source } = activity;
    const said = saidIn(activity, options.lines).join(' ');
    return `[${i + 1}] ${localDay(at)} ${localClock(at)} to ${localClock(until)}, ${oneLine(source)}: ${said || 'nothing was said'}`;
  });
  const cited = await citing(model, recapPrompt(lines), activities.length, options);
  if (!cited) return recapMarkdown(activities, options);
  // Its own words are shown as they are; citations stay readable.
  const told = cited.text.split('\n').map((line) => markdownText(line).replaceAll(/\\\[(\d+)\\\]/g, '[$1]'));
  return recapMarkdown(activities, { ...options, told: told.join('\n\n') });
}
