import type { FailedReply } from '../base/worker-line.ts';
import type { Box, Picture } from './picture.ts';
import type { Exactness, Found, Reading, Written } from './reader.ts';

/** What the worker is started with. */
export interface ReaderSetup {
  /** Where the weights lie. */
  readonly folder: string;
}

export type Request =
  | { readonly type: 'read'; readonly picture: Picture; readonly exactness: Exactness; readonly mostMs: number }
  | { readonly type: 'find'; readonly picture: Picture; readonly mostMs: number }
  | {
      readonly type: 'recognise';
      readonly picture: Picture;
      readonly boxes: readonly Box[];
      readonly exactness: Exactness;
      readonly mostMs: number;
    }
  | { readonly type: 'close' };

/** One reply to every request, in their order; `opened` or `failed` comes first of all. */
export type Reply =
  | { readonly type: 'opened' }
  | { readonly type: 'read'; readonly reading: Reading }
  | { readonly type: 'found'; readonly found: Found }
  | { readonly type: 'recognised'; readonly lines: readonly (Written | undefined)[] }
  | FailedReply
  | { readonly type: 'closed' };
