import type { Connection } from '../store/connection.ts';
import { guarded, isPassing } from '../store/failures.ts';
import { applyRetention } from './retention.ts';

/**
 * Deletes what should have been deleted by now, before something is read, and does what else is due then. Another program
 * may be writing, or the disk be full: reading is possible all the same. @throws OnlookerError `memory-damaged`
 */
export function keepWithinLimits(connection: Connection, due?: (connection: Connection) => unknown): void {
  try {
    guarded(connection.folder, () => {
      applyRetention(connection);
      due?.(connection);
    });
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
}
