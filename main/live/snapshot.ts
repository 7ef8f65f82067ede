/**
 * Snapshots: a session on disk, from which a run goes on as if it had never stopped. One file:
 *
 *     "ONLKSNAP" | version u32 | header length u32 | header (JSON) | KV cache | sha256 of all before
 *
 * sealed as a whole (`sealed.ts`) where there is a key. It is written beside its place, flushed and renamed, so a kill at
 * any moment leaves the old one or the new one whole.
 */
import { createHash } from 'node:crypto';
import { errorMessage } from '../base/error-text.ts';
import { OnlookerError } from '../base/errors.ts';
import { readWhole } from '../base/read-whole.ts';
import { replaceFile } from '../base/replace-file.ts';
import { unwritable } from '../base/unwritable.ts';
import { isSealed, seal, unseal } from './sealed.ts';
import {
  parseHeader,
  type SessionState,
  type SnapshotHeader,
  type StreamClock,
  type SummaryState,
} from './snapshot-header.ts';

const magic = Buffer.from('ONLKSNAP');
const version = 1;
const digestBytes = 32;
const prefixBytes = magic.length + 8;
/** Most bytes of a snapshot that are read: what Node can read at once. */
const mostBytes = 2 ** 31 - 1;

export interface Snapshot {
  /** Hash of the bundle it was taken with. */
  readonly bundle: string;
  /** Name of the stream, by which a memory knows what it has of it; none in snapshots of earlier versions. */
  readonly stream?: string | undefined;
  readonly clock: StreamClock;
  readonly session: SessionState;
  readonly summary?: SummaryState | undefined;
  readonly cache: Uint8Array;
}

/**
 * Writes a snapshot; throws `output-unwritable` and leaves the one before untouched when it cannot.
 * @param key 32 bytes with which it is sealed; without one anybody who gets the file can read what is in it
 */
export async function writeSnapshot(path: string, snapshot: Snapshot, key?: Uint8Array): Promise<void> {
  const { cache, ...rest } = snapshot;
  const head = Buffer.from(JSON.stringify({ ...rest, takenAt: new Date().toISOString() }));
  const prefix = Buffer.alloc(prefixBytes);
  magic.copy(prefix);
  prefix.writeUInt32LE(version, magic.length);
  prefix.writeUInt32LE(head.length, magic.length + 4);
  const digest = createHash('sha256').update(prefix).update(head).update(cache).digest();

  try {
    const parts = [prefix, head, cache, digest];
    await replaceFile(path, key ? seal(key, parts) : parts);
  } catch (cause) {
    throw unwritable(path, cause, '--snapshot');
  }
}

/**
 * Reads a snapshot back; throws `snapshot-unusable` when it is cut short, changed, or of another bundle.
 * @param key asked for when it is sealed, and may throw; those of earlier versions are plain
 */
export async function readSnapshot(path: string, bundle: string, key?: () => Promise<Uint8Array>): Promise<Snapshot> {
  const unusable = (what: string, cause?: unknown) =>
    new OnlookerError(
      'snapshot-unusable',
      `The snapshot "${path}" ${what}. Run without --resume to start anew; the file is left as it is.`,
      { cause },
    );
  let bytes: Buffer;
  try {
    bytes = await readWhole(path, mostBytes);
  } catch (cause) {
    throw unusable(`cannot be read (${errorMessage(cause)})`, cause);
  }
  if (isSealed(bytes)) {
    if (!key) throw unusable('is encrypted, and there is no key for it');
    const opener = await key();
    try {
      bytes = unseal(opener, bytes);
    } catch (cause) {
      throw unusable('is cut short or damaged, or was encrypted with another key than the one that is here', cause);
    }
  }
  if (bytes.length < prefixBytes + digestBytes || !bytes.subarray(0, magic.length).equals(magic)) {
    throw unusable('is not a snapshot, or only the beginning of one');
  }
  const found = bytes.readUInt32LE(magic.length);
  if (found !== version) throw unusable(`has format ${found}, and this version reads format ${version}`);
  const body = bytes.subarray(0, -digestBytes);
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(bytes.subarray(-digestBytes)))
    throw unusable('is cut short or damaged (its checksum does not fit)');

  const end = prefixBytes + bytes.readUInt32LE(magic.length + 4);
  if (end > body.length) throw unusable('claims a header that is longer than itself');
  let header: SnapshotHeader;
  try {
    header = parseHeader(body.subarray(prefixBytes, end).toString());
  } catch (cause) {
    throw unusable('does not have the fields it should have', cause);
  }
  if (header.bundle !== bundle) {
    throw unusable('was taken with another model bundle; resume it with that bundle (--bundle)');
  }
  const { takenAt: _taken, source: _source, batch: _batch, ...rest } = header;
  return { ...rest, cache: body.subarray(end) };
}
