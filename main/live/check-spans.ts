import { OnlookerError } from '../base/errors.ts';
import { Ledger, type Span } from './ledger.ts';
import type { FrameProtocol } from './protocol.ts';
import { planEviction, type WindowMarks } from './window.ts';

export interface SpanRules {
  readonly protocol: FrameProtocol;
  /** Tokens of the standing instruction, in its wrapping. */
  readonly instruction: number;
  readonly marks: WindowMarks;
}

/**
 * Checks that a session with this bundle can have these spans: the prompt and the instruction come first and are as
 * long as they are now, frames have the bundle's number of tokens, every query has its answer, and eviction can make
 * room for the next frame. @throws OnlookerError `snapshot-unusable`
 */
export function checkSpans(spans: readonly Span[], { protocol, instruction, marks }: SpanRules): void {
  const [system, standing, ...stream] = spans;
  const starts = system?.kind === 'system' && standing?.kind === 'instruction';
  if (!starts || system.tokens !== protocol.system.length || standing.tokens !== instruction) {
    throw unusable('its prompt and its instruction are not those of this bundle');
  }
  const mostFrameTokens = protocol.tokensPerFrame + protocol.separator.length;
  for (const [i, { kind, tokens }] of stream.entries()) {
    const fits =
      kind === 'frame'
        ? tokens === protocol.tokensPerFrame || tokens === mostFrameTokens
        : kind === 'query'
          ? stream[i + 1]?.kind === 'answer'
          : kind !== 'system' && kind !== 'instruction';
    if (!fits) throw unusable(`a session of this bundle has no such ${kind}`);
  }
  const ledger = new Ledger(spans);
  ledger.remove(planEviction(ledger, marks));
  if (ledger.length > marks.high) throw unusable('nothing more fits behind it');
}

function unusable(what: string): OnlookerError {
  const message = `The snapshot does not hold a session that can go on: ${what}. Run without --resume to start anew.`;
  return new OnlookerError('snapshot-unusable', message);
}
