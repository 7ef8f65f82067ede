import { say } from '../base/terminal.ts';
import { version } from '../base/version.ts';
import { parseWatchable } from '../capture/source-description.ts';
import { chatOptions, chatUsage, openChat } from './chat.ts';
import { parse, refuseWords } from './command.ts';
import { Interrupt } from './interrupt.ts';

export const usage = `Usage: onlooker mcp [OPTIONS]

A server of the Model Context Protocol on standard input and output, to be started by a program that speaks it: search,
recap, moments with pictures, watching, looking. It ends when its standard input does.
The program may watch what --allow names and what the settings allow it: single sources (mcpSources), or the screen and
what they watch (mcpMayWatch). What they hide of a screen stays hidden.

  --allow SOURCE   a source that may be watched, or a folder of recordings; may be repeated
  --no-privacy-rules  show it also what the user's settings hide of a screen: programs, titles, private windows
${chatUsage}
  --memory DIR     folder of the memory (the user's data folder)`;

/** `onlooker mcp`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('mcp', args, {
    memory: { type: 'string' },
    'no-privacy-rules': { type: 'boolean', default: false },
    allow: { type: 'string', multiple: true, default: [] },
    ...chatOptions,
  });
  refuseWords(positionals, 'onlooker mcp');
  for (const source of values.allow) parseWatchable(source); // a word that is no source is a mistake of whoever wrote it
  const { readSettingsFile } = await import('../settings/settings-file.ts');
  const { hidingFor, rulesAreOff } = await import('../settings/privacy-rules.ts');
  const { LineTransport } = await import('../server/line-transport.ts');
  const { openMcpServer } = await import('../server/mcp.ts');
  const withoutRules = values['no-privacy-rules'];
  if (withoutRules) say(rulesAreOff);
  using interrupt = new Interrupt();
  await using chat = await openChat(values);
  if (chat?.notice !== undefined) say(chat.notice);
  await using opened = openMcpServer({
    ...{ version: version(), memory: values.memory, chat },
    hiding: withoutRules ? 'none' : (source) => hidingFor(source),
    consent: async () => {
      const { source, mcpMayWatch, mcpSources } = (await readSettingsFile()).settings;
      const own = mcpMayWatch && source !== null ? [source] : [];
      return { sources: [...values.allow, ...mcpSources, ...own], desktop: mcpMayWatch };
    },
  });
  const ended = Promise.withResolvers<void>();
  for (const event of ['end', 'close']) process.stdin.on(event, () => ended.resolve());
  interrupt.signal.addEventListener('abort', () => ended.resolve());
  await opened.server.connect(new LineTransport());
  await ended.promise;
  return 0;
}
