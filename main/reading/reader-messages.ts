import type { FailedReply } from '../base/worker-line.ts';
import type { Picture } from './picture.ts';
import type { Exactness, Reading } from './reader.ts';

/** What the worker is started with. */
export interface ReaderSetup {
  /** Where the weights lie. */
  readonly folder: string;
}

export type Request =
  | { readonly type: 'read'; readonly picture: Picture; readonly exactness: Exactness; readonly mostMs: number }
  | { readonly type: 'close' };

/** One reply to every request, in their order; `opened` or `failed` comes first of all. */
export type Reply =
  | { readonly type: 'opened' }
  | { readonly type: 'read'; readonly reading: Reading }
  | FailedReply
  | { readonly type: 'closed' };
