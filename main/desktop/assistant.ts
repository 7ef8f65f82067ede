import type { News, Outcome, RequestName } from '../../preload/contract.ts';

/** What the shell stands around: it answers the windows' requests and tells them the news. */
export interface Assistant extends AsyncDisposable {
  /** Never rejects for what a user can act on: such failures are outcomes. */
  answer(name: RequestName, input: unknown): Promise<Outcome<unknown>>;
  subscribe(listener: (news: News) => void): () => void;
}
