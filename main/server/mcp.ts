/** The memory and the engine for other programs, by the Model Context Protocol. */
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { type CallToolResult, McpError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { ChatModel } from '../chat/chat-model.ts';
import { MemoryClient } from '../memory/client.ts';
import { filterOf } from '../memory/store/search-filter.ts';
import { plainAnswer } from '../output/answer.ts';
import { chatAnswer } from '../output/chat-answer.ts';
import { chatRecap } from '../output/chat-recap.ts';
import { iso, isoMoment } from '../output/iso-moment.ts';
import { recapMarkdown } from '../output/recap.ts';
import { isAboutNow } from '../said-times/present-question.ts';
import { parseSince, parseTime } from '../said-times/typed-times.ts';
import { rulesAreOff } from '../settings/privacy-rules.ts';
import { addWatching, type WatchingOptions } from './mcp-watching.ts';
import { described, marks, notice, plain, screenText } from './screen-text.ts';
import { Watching } from './watching.ts';

export interface McpOptions extends WatchingOptions {
  readonly version: string;
  /** Writes answers and recaps; default: they are told as they were said. Stays the caller's. */
  readonly chat?: ChatModel | undefined;
}

/** Of a resource that is not there, as the protocol has it. */
const resourceNotFound = -32002;

/** Texts as long as other programs may send. */
const words = z.string().trim().min(1).max(4000);
const name = z.string().max(200);
const time = 'ISO 8601, "13:05", "yesterday 9:00", "2026-05-01" (local time)';
const since = name.optional().describe(`From then on: ${time}, or a span such as "2h"; default "today"`);
const until = name.optional().describe(`Until then: ${time}; default now`);
/** Of tools that only look into the memory. */
const looksUp = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const;

/** A server that is not connected yet. What it watches ends when it is disposed of. */
export function openMcpServer(options: McpOptions): { readonly server: McpServer } & AsyncDisposable {
  const about = `Onlooker watches screens and remembers what happened. ${notice}`;
  const instructions = options.hiding === 'none' ? `${rulesAreOff}\n${about}` : about;
  const server = new McpServer(
    { name: 'onlooker', version: options.version },
    { capabilities: { logging: {} }, instructions },
  );
  const watching = new Watching((line) => log(server, 'narration', line));
  const memory = new MemoryClient({ folder: options.memory, onNotice: (line) => log(server, 'memory', line) });
  addMemoryTools(server, memory, watching, options);
  addSessions(server, memory);
  const following = addWatching(server, watching, options);
  return {
    server,
    async [Symbol.asyncDispose]() {
      following[Symbol.dispose]();
      await watching[Symbol.asyncDispose]();
      await memory[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

/** Nobody may be connected any more; that ends the program, not the run. */
function log(server: McpServer, logger: 'narration' | 'memory', data: string): void {
  server.server.sendLoggingMessage({ level: 'info', logger, data }).catch(() => {});
}

function addMemoryTools(server: McpServer, memory: MemoryClient, watching: Watching, { chat }: McpOptions): void {
  // What such a model is given to read leaves this machine.
  const writes = { ...looksUp, openWorldHint: chat?.notice !== undefined };
  server.registerTool(
    'search',
    {
      description:
        'Finds moments in which all words were narrated (parts of words are enough), or whose pictures look like what ' +
        'the text describes. ' +
        described,
      inputSchema: {
        text: words.describe('Words, "phrases in double quotes"'),
        day: name.optional().describe('2026-05-01, 1 May, yesterday, last Friday'),
        source: words.optional().describe('Only sources with this in their name'),
        app: name.optional().describe('Only where this kind of program was narrated, such as terminal'),
        answers: z.boolean().default(false).describe('Look in questions and answers as well'),
        limit: z.int().min(1).max(100).default(10),
      },
      annotations: looksUp,
    },
    async ({ text, day, source, app, answers, limit }, { signal }) => {
      const wanted = { text, ...filterOf({ day, source, app }), limit, answers };
      const found = await memory.request('search', wanted, { signal });
      return screenText(json(found.map(isoMoment)));
    },
  );
  server.registerTool(
    'recap',
    {
      description: `What happened in a span of time, in order, divided into activities; Markdown. ${described}`,
      inputSchema: {
        since,
        until,
        lines: z.int().min(1).max(1000).default(8).describe('Texts of an activity, at most'),
      },
      annotations: writes,
    },
    async ({ since, until, lines }, { signal }) => {
      const recap = await memory.request('recap', { ...span(since, until), lines }, { signal });
      const isTold = chat && recap.activities.length > 0;
      return screenText(plain(isTold ? await chatRecap(chat, recap) : recapMarkdown(recap)));
    },
  );
  server.registerTool(
    'ask',
    {
      description:
        'What was seen that a question about the past is about, each with its time. Understands "before lunch". A ' +
        'question about now is answered by what is being watched. ' +
        described,
      inputSchema: { question: words, limit: z.int().min(1).max(100).default(10) },
      annotations: writes,
    },
    async ({ question, limit }, { signal }) => {
      if (watching.source !== undefined && isAboutNow(question)) return screenText(plain(await watching.ask(question)));
      const evidence = await memory.request('evidence', { question, limit }, { signal });
      return screenText(plain(await (chat ? chatAnswer(chat) : plainAnswer)(question, evidence)));
    },
  );
  server.registerTool(
    'moments',
    {
      description: `All that was said in a span of time, in order, with pictures of the first moments. ${described}`,
      inputSchema: {
        ...{ since, until },
        pictures: z.int().min(0).max(20).default(4).describe('Pictures wanted, at most'),
        after: z.int().min(0).optional().describe('"next" of the page before'),
      },
      annotations: looksUp,
    },
    async ({ since, until, pictures, after }, { signal }) => {
      const wanted = { ...span(since, until), after, most: pictures };
      const { moments, next, jpegs } = await memory.request('momentsShown', wanted, { signal });
      const page = json({ moments: moments.map(isoMoment), ...(next !== undefined && { next }) });
      return screenText(page, ...jpegs.map(image));
    },
  );
}

function image(jpeg: Uint8Array): CallToolResult['content'][number] {
  return { type: 'image', data: Buffer.from(jpeg).toString('base64'), mimeType: 'image/jpeg' };
}

function addSessions(server: McpServer, memory: MemoryClient): void {
  const list = async () => {
    const sessions = await memory.request('sessions', null);
    return {
      resources: sessions.map(({ id, source, startedAt }) => ({
        uri: `onlooker://session/${id}`,
        name: `${source}, ${iso(startedAt)}`,
        mimeType: 'text/markdown',
      })),
    };
  };
  server.registerResource(
    'session',
    new ResourceTemplate('onlooker://session/{id}', { list }),
    { description: `A recap of one run over one source. ${described}`, mimeType: 'text/markdown' },
    async (uri, { id }) => {
      if (!/^\d{1,15}$/.test(String(id))) throw notFound(uri);
      const recap = await memory.request('recap', {
        from: 0,
        before: Number.MAX_SAFE_INTEGER,
        session: Number(id),
      });
      if (recap.activities.length === 0) throw notFound(uri);
      const text = `> ${notice}\n\n${recapMarkdown(recap)}`;
      return { contents: [{ uri: uri.href, mimeType: 'text/markdown', text, _meta: marks }] };
    },
  );
}

function notFound(uri: URL): McpError {
  return new McpError(resourceNotFound, `The memory has no session ${JSON.stringify(uri.href.slice(0, 100))}.`);
}

/** @throws OnlookerError `usage` */
function span(since = 'today', until?: string): { from: number; before: number } {
  const from = instant(since) ?? parseSince('since', since);
  const before = until === undefined ? Number.MAX_SAFE_INTEGER : (instant(until) ?? parseTime('until', until));
  return { from, before };
}

/** With a time zone; without one it is local time, as everywhere else. */
function instant(text: string): number | undefined {
  return /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : undefined;
}

function json(value: unknown): { type: 'text'; text: string } {
  return plain(JSON.stringify(value, null, 1));
}
