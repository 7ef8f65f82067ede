/** What crosses between whoever asks the memory and the thread that has it open. */
import type { ErrorCode } from '../base/errors.ts';
import type { OperationName } from './operations.ts';
import type { Piece } from './pieces.ts';

/** Every `ask` is answered once, in whatever order, unless it is cancelled. */
export type Request =
  | { readonly type: 'ask'; readonly id: number; readonly name: OperationName; readonly input: unknown }
  /** The next piece of an answer is wanted. */
  | { readonly type: 'more'; readonly id: number }
  /** Nobody waits for the answer any more. */
  | { readonly type: 'cancel'; readonly id: number }
  /** Nothing is asked any more: what is under way is finished, then the thread ends. */
  | { readonly type: 'close' };

export type Reply =
  /** `more`: it is not whole, and its pieces come one by one when they are asked for. */
  | { readonly type: 'answer'; readonly id: number; readonly output: unknown; readonly more: boolean }
  | { readonly type: 'piece'; readonly id: number; readonly piece: Piece; readonly more: boolean }
  | {
      readonly type: 'failed';
      readonly id: number;
      /** Undefined: a defect of ours. */
      readonly code: ErrorCode | undefined;
      readonly message: string;
      readonly stack: string | undefined;
    }
  /** What was deleted that nobody asked to have deleted, in one line. */
  | { readonly type: 'notice'; readonly line: string };
