/** The memory and the engine for other programs, by the Model Context Protocol. */
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { sourceName } from '../capture/source-description.ts';
import type { ChatModel } from '../chat/chat-model.ts';
import { OnlookerError } from '../errors.ts';
import type { Connection } from '../memory/connection.ts';
import { evidenceFor } from '../memory/evidence.ts';
import { guarded } from '../memory/failures.ts';
import { findMoments } from '../memory/find-moments.ts';
import type { Moment } from '../memory/moments.ts';
import { openMemory } from '../memory/open-memory.ts';
import { recap } from '../memory/recap.ts';
import { filterOf } from '../memory/search-filter.ts';
import { latestSessions } from '../memory/sessions.ts';
import { meaningOf } from '../memory/text-meaning.ts';
import { readThumbnail, thumbnailAt } from '../memory/thumbnails.ts';
import { momentsIn } from '../memory/timeline.ts';
import { keepWithinLimits } from '../memory/within-limits.ts';
import { plainAnswer } from '../output/answer.ts';
import { chatAnswer } from '../output/chat-answer.ts';
import { chatRecap } from '../output/chat-recap.ts';
import { iso, isoMoment } from '../output/iso-moment.ts';
import { summary } from '../output/lines.ts';
import { recapMarkdown } from '../output/recap.ts';
import { parseSince, parseTime } from '../times.ts';
import { look, Watching } from './watching.ts';

export interface McpOptions {
  readonly version: string;
  /** Folder of the memory; default in the user's data. */
  readonly memory?: string | undefined;
  /** Writes answers and recaps; default: they are told as they were said. Stays the caller's. */
  readonly chat?: ChatModel | undefined;
}

const time = 'ISO 8601, "13:05", "yesterday 9:00", "2026-05-01" (local time)';
const since = z.string().optional().describe(`From then on: ${time}, or a span such as "2h"; default "today"`);
const until = z.string().optional().describe(`Until then: ${time}; default now`);
const source = z.string().default('screen').describe('screen, window:TITLE, camera, a file or a URL');
const bundle = z.string().optional().describe('Model bundle; default desk-nano');

/** A server that is not connected yet. What it watches ends when it is disposed of. */
export function openMcpServer(options: McpOptions): { readonly server: McpServer } & AsyncDisposable {
  const server = new McpServer({ name: 'onlooker', version: options.version }, { capabilities: { logging: {} } });
  const watching = new Watching((line) => log(server, 'narration', line));
  addMemoryTools(server, options);
  addSessions(server, options);
  addWatching(server, watching, options);
  return {
    server,
    async [Symbol.asyncDispose]() {
      await watching[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

/** Nobody may be connected any more; that ends the program, not the run. */
function log(server: McpServer, logger: 'narration' | 'memory', data: string): void {
  server.server.sendLoggingMessage({ level: 'info', logger, data }).catch(() => {});
}

function addMemoryTools(server: McpServer, { memory: folder, chat }: McpOptions): void {
  server.registerTool(
    'search',
    {
      description:
        'Finds moments in which all words were narrated (parts of words are enough), or whose pictures ' +
        'look like what the text describes.',
      inputSchema: {
        text: z.string().describe('Words, "phrases in double quotes"'),
        day: z.string().optional().describe('2026-05-01, today or yesterday'),
        source: z.string().optional().describe('Only sources with this in their name'),
        app: z.string().optional().describe('Only where this kind of program was narrated, such as terminal'),
        answers: z.boolean().default(false).describe('Look in questions and answers as well'),
        limit: z.int().min(1).max(100).default(10),
      },
      annotations: { readOnlyHint: true },
    },
    async ({ text, day, source, app, answers, limit }) => {
      using memory = await openMemory({ folder, onNotice: (line) => log(server, 'memory', line) });
      const { meaning } = await meaningOf(memory, text);
      const found = findMoments(memory, text, { ...filterOf({ day, source, app }), limit, meaning, answers });
      return { content: [json(found.map(isoMoment))] };
    },
  );
  server.registerTool(
    'recap',
    {
      description: 'What happened in a span of time, in order, divided into activities; Markdown.',
      inputSchema: { since, until, lines: z.int().min(1).default(8).describe('Texts of an activity, at most') },
      annotations: { readOnlyHint: true },
    },
    async ({ since, until, lines }) => {
      using memory = await openMemory({ folder, onNotice: (line) => log(server, 'memory', line) });
      const activities = recap(memory, span(since, until));
      const written = chat && activities.length > 0 ? chatRecap(chat, activities, { lines }) : undefined;
      return { content: [plain((await written) ?? recapMarkdown(activities, { lines }))] };
    },
  );
  server.registerTool(
    'ask',
    {
      description:
        'What was seen that a question about the past is about, each with its time. Understands "before lunch".',
      inputSchema: { question: z.string(), limit: z.int().min(1).max(100).default(10) },
      annotations: { readOnlyHint: true },
    },
    async ({ question, limit }) => {
      using memory = await openMemory({ folder, onNotice: (line) => log(server, 'memory', line) });
      const evidence = await evidenceFor(memory, question, { limit });
      return { content: [plain(await (chat ? chatAnswer(chat) : plainAnswer)(question, evidence))] };
    },
  );
  server.registerTool(
    'moments',
    {
      description: 'All that was said in a span of time, in order, with pictures of the first moments.',
      inputSchema: {
        ...{ since, until },
        pictures: z.int().min(0).max(20).default(4).describe('Pictures wanted, at most'),
        after: z.int().optional().describe('"next" of the page before'),
      },
      annotations: { readOnlyHint: true },
    },
    async ({ since, until, pictures, after }) => {
      using memory = await openMemory({ folder, onNotice: (line) => log(server, 'memory', line) });
      keepWithinLimits(memory);
      const wanted = span(since, until);
      return guarded(memory.folder, () => {
        const { moments, next } = momentsIn(memory, wanted, after);
        const page = json({ moments: moments.map(isoMoment), ...(next !== undefined && { next }) });
        return { content: [page, ...images(memory, moments, pictures)] };
      });
    },
  );
}

/** The picture nearest to each moment, none of them twice. */
function images(memory: Connection, moments: readonly Moment[], most: number): CallToolResult['content'] {
  const ids = moments.map(({ session, to }) => thumbnailAt(memory, session, to)?.id).filter((id) => id !== undefined);
  return [...new Set(ids)].slice(0, most).flatMap((id) => {
    const jpeg = readThumbnail(memory, id);
    return jpeg ? [{ type: 'image', data: Buffer.from(jpeg).toString('base64'), mimeType: 'image/jpeg' }] : [];
  });
}

function addSessions(server: McpServer, { memory: folder }: McpOptions): void {
  const list = async () => {
    using memory = await openMemory({ folder, onNotice: (line) => log(server, 'memory', line) });
    const sessions = guarded(memory.folder, () => latestSessions(memory));
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
    { description: 'A recap of one run over one source', mimeType: 'text/markdown' },
    async (uri, { id }) => {
      using memory = await openMemory({ folder, onNotice: (line) => log(server, 'memory', line) });
      const activities = recap(memory, { from: 0, before: Number.MAX_SAFE_INTEGER, session: Number(id) });
      if (activities.length === 0) throw new OnlookerError('usage', `The memory has no session ${id}.`);
      return { contents: [{ uri: uri.href, mimeType: 'text/markdown', text: recapMarkdown(activities) }] };
    },
  );
}

function addWatching(server: McpServer, watching: Watching, { memory }: McpOptions): void {
  server.registerTool(
    'start_watching',
    {
      description: 'Watches a source in the background and says what happens; each text also comes as a log message.',
      inputSchema: {
        ...{ source, bundle },
        instruction: z.string().optional().describe('What it is to speak about'),
        remember: z.boolean().default(false).describe('Keep what is seen and said in the memory'),
      },
    },
    async ({ source, bundle, instruction, remember }) => {
      await watching.start({
        ...{ source, remember, memory },
        ...(bundle !== undefined && { bundle }),
        ...(instruction !== undefined && { instruction }),
      });
      return { content: [plain([`Watching ${sourceName(source)}.`, ...watching.notices].join('\n'))] };
    },
  );
  server.registerTool(
    'watched',
    { description: 'What was said of late by what is being watched.', annotations: { readOnlyHint: true } },
    async () => {
      const head = watching.source === undefined ? 'Nothing is being watched.' : `Watching ${watching.source}.`;
      return { content: [plain([head, ...watching.lines].join('\n'))] };
    },
  );
  server.registerTool('stop_watching', { description: 'Ends what is being watched.' }, async () => {
    const finished = await watching.stop();
    return { content: [plain(finished ? summary(finished) : 'Nothing is being watched.')] };
  });
  server.registerTool(
    'look',
    {
      description: 'Looks at a source once and says what is there, in the words of the small local model.',
      inputSchema: { source, bundle, question: z.string().default('What is on the screen?') },
      annotations: { readOnlyHint: true },
    },
    async ({ source, bundle, question }) => {
      return { content: [plain(await look({ source, question, ...(bundle !== undefined && { bundle }) }))] };
    },
  );
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

function plain(text: string): { type: 'text'; text: string } {
  return { type: 'text', text };
}

function json(value: unknown): { type: 'text'; text: string } {
  return plain(JSON.stringify(value, null, 1));
}
