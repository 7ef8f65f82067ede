import { OnlookerError } from '../errors.ts';
import { type Connection, utf8 } from './connection.ts';

/** The id of the source that bears one of these names. @throws OnlookerError `usage` when nothing of it is remembered */
export function findSource(connection: Connection, names: readonly string[]): number {
  const known = connection
    .all<{ id: number; name: Uint8Array }>('SELECT id, CAST(name AS BLOB) AS name FROM sources ORDER BY id DESC')
    .map(({ id, name }) => ({ id, name: utf8(name) }));
  const found = known.find(({ name }) => names.includes(name));
  if (found) return found.id;
  const list = known.slice(0, 8).map(({ name }) => `"${name}"`);
  const hint = list.length > 0 ? `There is ${list.join(', ')}.` : 'It is empty.';
  throw new OnlookerError('usage', `The memory has nothing of a source "${names[0]}". ${hint}`);
}
