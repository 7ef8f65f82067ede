import type { Moment, Span } from '../../../preload/contract.ts';
import type { Assistant } from '../state/assistant.svelte.ts';

/** Pages that are counted before "more than" is said. */
const mostPages = 10;
const mostPictures = 1000;

/** What a span holds; `more` when it was not counted to its end. */
export async function contentsOf(assistant: Assistant, span: Span) {
  const [said, pictures] = await Promise.all([
    allMoments(assistant, span),
    assistant.request('pictures', { ...span, most: mostPictures }),
  ]);
  const utterances = said.moments.reduce((sum, moment) => sum + moment.utterances.length, 0);
  return { utterances, pictures: pictures.length, more: said.next !== undefined || pictures.length === mostPictures };
}

/** Moments of a span, page by page. */
export async function allMoments(
  assistant: Assistant,
  { from, before }: Span,
  pages = mostPages,
): Promise<{ moments: readonly Moment[]; next: number | undefined }> {
  const moments: Moment[] = [];
  let next: number | undefined;
  for (let page = 0; page < pages; page++) {
    const read = await assistant.request('moments', { from, before, ...(next !== undefined && { after: next }) });
    moments.push(...read.moments);
    next = read.next;
    if (next === undefined) break;
  }
  return { moments, next };
}
