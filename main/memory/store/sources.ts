import { OnlookerError } from '../../base/errors.ts';
import { shownAddress } from '../../base/secrets.ts';
import { type Connection, utf8 } from './connection.ts';

/**
 * Takes the secrets out of the names of sources, which older versions stored as they were typed. Sources that are the same
 * then become one.
 */
export function hideSecrets(connection: Connection): void {
  const named = namedSources(connection).filter(({ name }) => shownAddress(name) !== name);
  if (named.length === 0) return;
  connection.transaction(() => {
    for (const { id, name } of named) {
      const shown = shownAddress(name);
      const same = connection.get<{ id: number }>('SELECT id FROM sources WHERE name = ?', shown)?.id;
      if (same === undefined) connection.run('UPDATE sources SET name = ? WHERE id = ?', shown, id);
      else {
        connection.run('UPDATE sessions SET source_id = ? WHERE source_id = ?', same, id);
        connection.run('UPDATE forgotten SET source_id = ? WHERE source_id = ?', same, id);
        connection.run('DELETE FROM sources WHERE id = ?', id);
      }
    }
  });
}

/** The id of the source that bears one of these names. @throws OnlookerError `usage` when nothing of it is remembered */
export function findSource(connection: Connection, names: readonly string[]): number {
  const known = namedSources(connection);
  const found = known.find(({ name }) => names.includes(name));
  if (found) return found.id;
  const list = known.slice(0, 8).map(({ name }) => `"${name}"`);
  const hint = list.length > 0 ? `There is ${list.join(', ')}.` : 'It is empty.';
  throw new OnlookerError('usage', `The memory has nothing of a source "${names[0]}". ${hint}`);
}

/** The latest first. */
function namedSources(connection: Connection): { readonly id: number; readonly name: string }[] {
  return connection
    .all<{ id: number; name: Uint8Array }>('SELECT id, CAST(name AS BLOB) AS name FROM sources ORDER BY id DESC')
    .map(({ id, name }) => ({ id, name: utf8(name) }));
}
