/**
 * The frame around a saved cache: "OLKV", version, cells in use, CRC-32 of the rest. llama.cpp trusts the bytes it is
 * given back, so bytes that were damaged must not reach it.
 */
import { crc32 } from 'node:zlib';
import { OnlookerError } from '../base/errors.ts';

const magic = 0x564b4c4f;
const version = 1;
const headerBytes = 16;

export function frameState(cells: number, payload: Uint8Array): Uint8Array {
  const state = new Uint8Array(headerBytes + payload.length);
  const header = new DataView(state.buffer);
  header.setUint32(0, magic, true);
  header.setUint32(4, version, true);
  header.setUint32(8, cells, true);
  header.setUint32(12, crc32(payload), true);
  state.set(payload, headerBytes);
  return state;
}

/** Undoes `frameState`; throws `snapshot-unusable` for anything that it did not make. */
export function unframeState(state: Uint8Array): { readonly cells: number; readonly payload: Uint8Array } {
  if (state.length < headerBytes) throw unusable('it is too short');
  const header = new DataView(state.buffer, state.byteOffset, headerBytes);
  if (header.getUint32(0, true) !== magic) throw unusable('it is not a saved cache');
  if (header.getUint32(4, true) !== version) throw unusable('another version of Onlooker saved it');
  const payload = state.subarray(headerBytes);
  if (header.getUint32(12, true) !== crc32(payload)) throw unusable('its checksum is wrong');
  return { cells: header.getUint32(8, true), payload };
}

export function unusable(what: string, options?: ErrorOptions): OnlookerError {
  const message = `The saved state of the model cannot be used: ${what}. Start without it.`;
  return new OnlookerError('snapshot-unusable', message, options);
}
