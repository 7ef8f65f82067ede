/** The tools of the Model Context Protocol that watch: each asks first whether its source may be watched. */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { OnlookerError } from '../base/errors.ts';
import { Turns } from '../base/turns.ts';
import type { Hiding } from '../capture/exclusions.ts';
import { sourceName } from '../capture/source-description.ts';
import { summary } from '../output/lines.ts';
import { followSettings } from '../settings/follow-settings.ts';
import { AllowedSources, type Consent, shown } from './allowed-sources.ts';
import { described, plain, screenText } from './screen-text.ts';
import { look, type Watching } from './watching.ts';

/** Time that the user has for an answer. */
const answerMs = 300_000;

const words = z.string().min(1).max(4000);
const source = words
  .default('screen')
  .describe('screen, window:TITLE, camera, a file or a URL, out of those that the user has allowed');
const bundle = z.string().max(200).optional().describe('Name of an installed model bundle; default desk-nano');

/** Of tools that begin to capture: nothing is destroyed, but what they see comes from outside. */
const captures = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true } as const;

export interface WatchingOptions {
  /** Folder of the memory; default in the user's data. */
  readonly memory?: string | undefined;
  /** What must not be seen of a source, asked each time; or that the user wants nothing hidden. */
  readonly hiding: ((source: string) => Promise<Hiding>) | 'none';
  /** What the user has allowed; asked each time. */
  readonly consent: () => Promise<Consent>;
}

/** Returns what follows the user's settings, until it is disposed of. */
export function addWatching(server: McpServer, watching: Watching, options: WatchingOptions): Disposable {
  const { memory, consent, hiding } = options;
  const sources = new AllowedSources({ consent, ask: (source) => askUser(server, source) });
  const hidden = async (source: string): Promise<Hiding> => (hiding === 'none' ? hiding : await hiding(source));
  /** Brings what is watched to what the user's settings say now. */
  const keepUp = async () => {
    const { typed } = watching;
    if (typed === undefined) return;
    if (!(await sources.allows(typed))) {
      const why = `"${shown(typed)}" may not be watched by other programs any more: the user's settings have changed.`;
      if (watching.typed === typed) await watching.end(why);
      return;
    }
    const rules = await hidden(typed).catch(() => 'none' as const); // what is known holds
    if (rules !== 'none') watching.hide(rules);
  };
  /** One look at a time: each opens a model. */
  const looks = new Turns();
  server.registerTool(
    'start_watching',
    {
      description:
        'Watches a source in the background and says what happens; each text also comes as a log message. Only sources ' +
        'that the user has allowed.',
      inputSchema: {
        ...{ source, bundle },
        instruction: words.optional().describe('What it is to speak about'),
        remember: z.boolean().default(false).describe('Keep what is seen and said in the memory'),
      },
      annotations: captures,
    },
    async ({ source, bundle, instruction, remember }) => {
      await sources.check(source);
      await watching.start({
        ...{ source, remember, memory, hiding: await hidden(source) },
        ...(bundle !== undefined && { bundle }),
        ...(instruction !== undefined && { instruction }),
      });
      // What changed while it began.
      await keepUp();
      if (watching.ended !== undefined) throw new OnlookerError('usage', watching.ended);
      return { content: [plain([`Watching ${sourceName(source)}.`, ...watching.notices].join('\n'))] };
    },
  );
  server.registerTool(
    'watched',
    {
      description: `What was said of late by what is being watched. ${described}`,
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    async () => {
      const head = watching.source === undefined ? 'Nothing is being watched.' : `Watching ${watching.source}.`;
      return screenText(plain([head, ...watching.lines].join('\n')));
    },
  );
  server.registerTool(
    'stop_watching',
    {
      description: 'Ends what is being watched.',
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    async () => {
      const finished = await watching.stop();
      return { content: [plain(finished ? summary(finished) : 'Nothing is being watched.')] };
    },
  );
  server.registerTool(
    'look',
    {
      description:
        'Captures a source for a second and says what is there, in the words of the small local model. Only sources that ' +
        `the user has allowed. ${described}`,
      inputSchema: { source, bundle, question: words.default('What is on the screen?') },
      annotations: captures,
    },
    async ({ source, bundle, question }) => {
      await sources.check(source);
      const options = { source, question, hiding: await hidden(source), ...(bundle !== undefined && { bundle }) };
      return screenText(plain(await looks.run(() => look(options))));
    },
  );
  // Whatever of it is damaged: a consent that cannot be told is none, and rules that cannot be told stay as they are.
  return followSettings([], () => keepUp().catch(() => {}));
}

/** Asks through the client, where it has a way to ask its user. Whatever is no plain yes is a no. */
async function askUser({ server }: McpServer, source: string): Promise<boolean> {
  if (!server.getClientCapabilities()?.elicitation) return false;
  const asked = server.elicitInput(
    {
      message: `May this program watch "${shown(source)}" with Onlooker, until it ends?`,
      requestedSchema: {
        type: 'object',
        properties: { allow: { type: 'boolean', title: 'Allow it', default: false } },
        required: ['allow'],
      },
    },
    { timeout: answerMs },
  );
  const answer = await asked.catch(() => undefined); // a client that cannot after all
  return answer?.action === 'accept' && answer.content?.allow === true;
}
