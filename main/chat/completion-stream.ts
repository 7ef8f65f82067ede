/** The reply in the answer of an endpoint, whether it streams or not: not all of them do what they are asked for. */
import { z } from 'zod';
import { parseJson } from '../base/json.ts';
import { ChatFailure } from './chat-model.ts';

const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
});
const chunk = z.object({
  // The last one of some has usage and no choices.
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish() })),
});
const failure = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

/** More than this is no answer any more, characters; a streamed one takes two hundred for each word. */
const mostCharacters = 1_000_000;

/** Reads to the end; `onPart` is called whenever something came. @throws ChatFailure */
export async function replyIn(response: Response, onPart: () => void): Promise<string> {
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const said: string[] = [];
  for await (const line of linesOf(response, onPart)) {
    if (!streams) {
      said.push(line);
      continue;
    }
    const data = /^data: ?(.*)$/.exec(line)?.[1];
    if (data === '[DONE]') break;
    if (data !== undefined) said.push(parsed(data, chunk).choices[0]?.delta?.content ?? '');
  }
  if (streams) return said.join('');
  return parsed(said.join('\n'), completion).choices[0]!.message.content ?? '';
}

async function* linesOf(response: Response, onPart: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let characters = 0;
  for await (const bytes of response.body ?? []) {
    onPart();
    const text = decoder.decode(bytes, { stream: true });
    characters += text.length;
    if (characters > mostCharacters) throw new ChatFailure('its answer has no end');
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function parsed<T>(text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    throw new ChatFailure('its answer is not JSON', { cause });
  }
  const { data, error } = schema.safeParse(json);
  if (data) return data;
  const said = failure.safeParse(json).data?.error;
  if (said !== undefined) throw new ChatFailure(`it says: ${typeof said === 'string' ? said : said.message}`);
  throw new ChatFailure('its answer is not one of chat completions', { cause: error });
}
