import { statSync } from 'node:fs';
import { OnlookerError } from '../../base/errors.ts';
import { record } from '../../log/record.ts';
import type { ForgottenSpan } from '../forget/forgotten-lately.ts';
import { applyRetention, setLimits } from '../forget/retention.ts';
import { storeBins } from '../store/bin-blocks.ts';
import type { Connection } from '../store/connection.ts';
import { isDamage } from '../store/failures.ts';
import { checkPages, openDatabase } from '../store/open-memory.ts';
import { emptyLog, sweepResidue } from '../store/residue.ts';
import { setAside } from '../store/set-aside.ts';
import { storeStretches } from '../store/stretch-blocks.ts';
import { storeTrigrams } from '../store/trigram-blocks.ts';
import { BatchWriter } from './batch-writer.ts';
import type { RecorderSetup, Row, SessionStart } from './recorder-messages.ts';
import { ThumbnailMaker } from './thumbnail-maker.ts';

/** How often what is beyond the limits is deleted and what is new is made ready for searches, milliseconds. */
const inOrderEvery = 3_600_000;
/** Blocks of bins made at once, at most: an old memory has none yet, and rows wait meanwhile. */
const mostBlocks = 64;

/** Everything the recorder's thread writes with. The thread ends when this cannot be opened, and after `close`. */
export class WritingDesk {
  readonly thumbnails: ThumbnailMaker;
  readonly #setup: RecorderSetup;
  readonly #connection: Connection;
  readonly #isLarge: boolean;
  #session: SessionStart | undefined;
  #writer: BatchWriter | undefined;
  readonly #notices: string[] = [];
  #inOrderAt = performance.now();
  #damage: OnlookerError | undefined;
  /** A gap in the pictures that could not be written yet. */
  #missing: Row | undefined;

  /** @throws what `openDatabase` throws; a damaged database is set aside */
  constructor(setup: RecorderSetup) {
    const { location, ffmpeg, retention, checkFirstBytes } = setup;
    this.#setup = setup;
    try {
      this.#connection = openDatabase(location, { onNotice: (line) => this.#notices.push(line) });
      const { size } = statSync(location.database);
      record('memory-opened', { megabytes: Math.round(size / 1e6) });
      this.#isLarge = size > checkFirstBytes;
      if (!this.#isLarge) checkPages(this.#connection);
      setLimits(this.#connection, retention);
      applyRetention(this.#connection);
    } catch (error) {
      throw isDamage(error) ? setAside(location, error) : error;
    }
    this.thumbnails = new ThumbnailMaker(ffmpeg, setup.encoderPatience);
  }

  /** Checks a database that was too large to be checked before. Rows wait, which is no harm. */
  checkLargeDatabase(): void {
    if (this.#isLarge) this.#noticingDamage(() => checkPages(this.#connection));
  }

  begin(session: SessionStart): void {
    this.#session = session;
    // Reading may fail now and succeed later; the first rows have a reply that can say so.
    this.#noticingDamage(() => this.#openWriter());
  }

  /**
   * Commits the rows, what thumbnails there are, and which are missing (`last`: all of them).
   * @throws errors of SQLite, and `memory-damaged` from then on
   */
  write(rows: readonly Row[], last = false): void {
    if (this.#damage) throw this.#damage;
    const ready = this.thumbnails.ready();
    this.#missing ??= this.thumbnails.takeMissing(last);
    try {
      this.#openWriter();
      this.#writer?.write(this.#missing ? [...rows, this.#missing] : rows, ready);
      this.#missing = undefined;
    } catch (error) {
      this.thumbnails.giveBack(ready);
      if (isDamage(error)) this.#damage = damaged(error);
      throw this.#damage ?? error;
    }
    this.#keepInOrder();
  }

  /** What the user should know and was not told yet: what was deleted, and why there are no thumbnails. */
  takeNotices(): string[] {
    const problem = this.thumbnails.takeProblem();
    return [...this.#notices.splice(0), ...(problem === undefined ? [] : [problem])];
  }

  /** What was forgotten since this was asked last. */
  forgotten(): readonly ForgottenSpan[] {
    let spans: readonly ForgottenSpan[] = [];
    this.#noticingDamage(() => {
      spans = this.#writer?.forgotten() ?? [];
    });
    return spans;
  }

  /** Writes the last thumbnails and the end of the session, and closes the database, or sets it aside. */
  async close(endedAt: number): Promise<void> {
    await this.thumbnails[Symbol.asyncDispose]();
    try {
      if (this.#damage) return;
      this.write([], true);
      this.#writer?.end(endedAt);
      // A search would do it as well.
      this.#noticingDamage(() => storeStretches(this.#connection));
      this.#noticingDamage(() => storeBins(this.#connection, mostBlocks));
      this.#noticingDamage(() => storeTrigrams(this.#connection));
      emptyLog(this.#connection);
    } finally {
      this.#connection[Symbol.dispose]();
      if (this.#damage) setAside(this.#setup.location, this.#damage);
    }
  }

  #openWriter(): void {
    if (this.#session) this.#writer ??= new BatchWriter(this.#connection, this.#session);
  }

  #keepInOrder(): void {
    // A forgetting would have to do it all at once.
    this.#noticingDamage(() => sweepResidue(this.#connection));
    if (performance.now() - this.#inOrderAt < inOrderEvery) return;
    this.#inOrderAt = performance.now();
    // The rows before it are written, and that is what the reply says, whatever happens here.
    this.#noticingDamage(() => {
      applyRetention(this.#connection);
      storeStretches(this.#connection);
      storeBins(this.#connection, mostBlocks);
      storeTrigrams(this.#connection);
    });
  }

  /** Does what may fail without harm, such as for want of room; damage is remembered. */
  #noticingDamage(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (isDamage(error)) this.#damage = damaged(error);
    }
  }
}

function damaged(cause: unknown): OnlookerError {
  record('memory-damaged', {});
  const message = 'The memory is damaged. It is set aside when this run ends, and the next one starts a new memory.';
  return new OnlookerError('memory-damaged', message, { cause });
}
