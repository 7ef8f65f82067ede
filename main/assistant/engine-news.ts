import type { Span } from '../../preload/contract.ts';
import type { EngineEvent } from '../engine/engine.ts';
import type { Answering } from './answering.ts';
import { gapSpan } from './gaps.ts';
import type { NewsDesk } from './news-desk.ts';
import { jpegUrl } from './past.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { Speeches } from './speeches.ts';
import type { StatusBoard } from './status-board.ts';

export interface EngineNewsParts {
  readonly desk: NewsDesk;
  readonly board: StatusBoard;
  readonly speeches: Speeches;
  readonly answering: Answering;
  readonly rehearsal: Rehearsal;
}

/** Turns what the engine tells into news, status and speeches. `at`: wall clock, milliseconds since 1970. */
export function takeEngineEvent(event: EngineEvent, at: number, parts: EngineNewsParts): void {
  const { desk, board, speeches, answering, rehearsal } = parts;
  const { state } = board.status;
  switch (event.type) {
    case 'started':
      break;
    case 'frame': {
      answering.mediaTime = event.t;
      board.frame(at);
      rehearsal.take({ ...event, at });
      const { t, pSilent, reason, latencyMs } = event;
      desk.tell({ type: 'frame', at, t, pSilent, reason, latencyMs });
      break;
    }
    case 'speaking':
    case 'unsaid':
    case 'narration':
    case 'answer':
      // `at` is that of the frame it is about; what counts here is that it is being written now.
      board.busy(Date.now());
      speeches.on(event, at);
      break;
    case 'gap':
      desk.tell({ type: 'gap', gap: gapSpan(event, board.status.lastFrameAt) });
      break;
    case 'preview':
      desk.tell({ type: 'preview', at, jpeg: jpegUrl(event.jpeg) });
      break;
    case 'filtering':
      board.set({ filtering: event.filtering });
      break;
    case 'restarting':
      // A pause stays one, whatever happens to the process.
      if (state !== 'paused') board.set({ state: 'restarting', message: event.message, code: 'engine-restarting' });
      break;
    case 'failed':
      speeches.closeAll();
      board.set({ state: 'failed', message: event.message, code: event.code });
      break;
    case 'finished':
      speeches.closeAll();
      // What comes after the one that has finished has begun already, or its failure is shown.
      if (state !== 'starting' && state !== 'failed') board.set({ state: 'idle', pausedUntil: null });
      break;
    case 'forgotten':
      tellForgotten({ from: event.from, before: event.before }, parts);
      break;
    case 'notice':
      desk.tell(event);
  }
}

/** What was forgotten, here or by another program, is shown nowhere any more. */
export function tellForgotten(
  span: Span,
  { speeches, rehearsal, desk }: Pick<EngineNewsParts, 'speeches' | 'rehearsal' | 'desk'>,
): void {
  speeches.forget(span);
  rehearsal.forget(span);
  desk.tell({ type: 'forgotten', span });
}
