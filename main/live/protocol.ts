/**
 * The frame protocol of a bundle, as tokens: what is fed when the stream changes hands, and which token means silence
 * (live.md, "Streaming EOS": two protocols exist, and a bundle says which one it was trained with).
 */

import { OnlookerError } from '../base/errors.ts';
import type { BundleManifest } from '../bundle/manifest.ts';
import type { LanguageModel } from '../llama/types.ts';
import type { SpanKind } from './ledger.ts';

export interface FrameProtocol {
  readonly tokensPerFrame: number;
  /** Its probability at a frame's last position is p(silence). */
  readonly silence: number;
  readonly endOfReply: number;
  /** Fed between two frames; empty when silence is only a target. */
  readonly separator: Int32Array;
  /** Begin-of-text and system prompt. */
  readonly system: Int32Array;
  /** A standing instruction in the bundle's wrapping. */
  instruction(text: string): Int32Array;
  /** A user's words, in which special tokens are only text. */
  words(text: string): Int32Array;
  /** What is fed before a span of kind `next` when the last span is `last`; separators apart. */
  transition(last: SpanKind | undefined, next: 'frame' | 'narration' | 'query' | 'answer'): Int32Array;
}

const nothing = new Int32Array();

export function compileProtocol(manifest: BundleManifest, model: LanguageModel): FrameProtocol {
  const { protocol, instruction, systemPrompt, vision } = manifest;
  const special = (text: string) => (text === '' ? nothing : model.tokenize(text, { special: true }));
  const transitions = {
    systemToStream: special(protocol.transitions.systemToStream),
    streamToReply: special(protocol.transitions.streamToReply),
    streamToQuery: special(protocol.transitions.streamToQuery),
    queryToReply: special(protocol.transitions.queryToReply),
    replyToStream: special(protocol.transitions.replyToStream),
    replyToQuery: special(protocol.transitions.replyToQuery),
  };
  const open = special(instruction.open);
  const close = special(instruction.close);

  return {
    tokensPerFrame: vision.tokensPerFrame,
    silence: singleToken(model, protocol.silence, 'its silence token'),
    endOfReply: singleToken(model, protocol.endOfReply, 'the end of a reply'),
    separator: protocol.separator === null ? nothing : special(protocol.separator),
    system: join(model.beginOfText === undefined ? nothing : Int32Array.of(model.beginOfText), special(systemPrompt)),
    instruction: (text) => join(open, model.tokenize(text), close),
    words: (text) => model.tokenize(text),
    transition(last, next) {
      const inStream = last === 'frame' || last === 'opening';
      switch (next) {
        case 'frame':
          if (inStream) return nothing;
          return last === 'narration' || last === 'answer' ? transitions.replyToStream : transitions.systemToStream;
        case 'narration':
          return transitions.streamToReply;
        case 'query':
          return inStream ? transitions.streamToQuery : transitions.replyToQuery;
        case 'answer':
          return transitions.queryToReply;
      }
    },
  };
}

/** The one token that a bundle names for a role. @throws OnlookerError `bundle-invalid` */
export function singleToken(model: LanguageModel, text: string, role: string): number {
  const tokens = model.tokenize(text, { special: true });
  if (tokens.length === 1) return tokens[0]!;
  throw new OnlookerError(
    'bundle-invalid',
    `bundle.json names "${text}" as ${role}, but language.gguf spells it in ${tokens.length} tokens instead of one. The bundle's files do not belong together; install it again.`,
  );
}

function join(...parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap((part) => [...part]));
}
