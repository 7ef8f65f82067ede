import type { Connection } from '../store/connection.ts';

/** Which picture shows a moment. */
export interface ThumbnailReference {
  readonly id: number;
  /** Media time of the picture, seconds. */
  readonly t: number;
}

/** How far a picture may lie from the moment it is to show, seconds of media time. */
const near = 60;

/** The last picture of a session up to a moment, or else the first after it; undefined when none is near. */
export function thumbnailAt(connection: Connection, session: number, t: number): ThumbnailReference | undefined {
  const one = (condition: string, order: string, limit: number) =>
    connection.get<ThumbnailReference>(
      `SELECT id, t FROM thumbnails WHERE session_id = ? AND t ${condition} ORDER BY t ${order} LIMIT 1`,
      ...[session, t, limit],
    );
  return one('<= ? AND t >= ?', 'DESC', t - near) ?? one('> ? AND t <= ?', 'ASC', t + near);
}

/** The JPEG file of a thumbnail; undefined when it was forgotten meanwhile. */
export function readThumbnail(connection: Connection, id: number): Uint8Array | undefined {
  return connection.get<{ jpeg: Uint8Array }>('SELECT CAST(jpeg AS BLOB) AS jpeg FROM thumbnails WHERE id = ?', id)
    ?.jpeg;
}
