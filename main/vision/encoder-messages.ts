import type { FailedReply } from '../base/worker-line.ts';
import type { BundleManifest } from '../bundle/manifest.ts';
import type { GraphOptions, GraphResult } from './graph.ts';

/** What the worker is started with. */
export interface WorkerSetup {
  readonly folder: string;
  readonly manifest: BundleManifest;
  readonly options: GraphOptions;
}

export type Request =
  /** `pixels` [count, H, W, 3]: handed over, and handed back with the result. */
  | { readonly type: 'encode'; readonly pixels: Uint8Array<ArrayBuffer>; readonly count: number }
  /** A closer look at one frame [H, W, 3]. */
  | { readonly type: 'look'; readonly pixels: Uint8Array<ArrayBuffer> }
  | { readonly type: 'reset' }
  | { readonly type: 'close' };

/** One reply to every request but `reset`, in the order of the requests; `opened` or `failed` comes first of all. */
export type Reply =
  | { readonly type: 'opened'; readonly provider: string; readonly onCpu: boolean }
  | { readonly type: 'encoded'; readonly result: GraphResult; readonly pixels: Uint8Array<ArrayBuffer> }
  | { readonly type: 'looked'; readonly tokens: Float32Array<ArrayBuffer> }
  | FailedReply
  | { readonly type: 'closed' };
