import { readSync } from 'node:fs';

/** The file ended where more was promised. */
export class EndOfFile extends Error {}

/** Reads little-endian values of a file from front to back; refuses to go past its end. */
export class FileCursor {
  readonly size: number;
  readonly #file: number;
  /** A window of the file. */
  #bytes = Buffer.alloc(0);
  #start = 0;
  #at = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.size = size;
  }

  get position(): number {
    return this.#start + this.#at;
  }

  get remaining(): number {
    return this.size - this.position;
  }

  /** Goes past `count` bytes without reading them. */
  skip(count: number): void {
    if (count > this.remaining) throw new EndOfFile();
    const position = this.position + count;
    if (position <= this.#start + this.#bytes.length) {
      this.#at += count;
      return;
    }
    this.#bytes = Buffer.alloc(0);
    this.#start = position;
    this.#at = 0;
  }

  uint8 = (): number => this.#take(1).readUInt8();
  int8 = (): number => this.#take(1).readInt8();
  uint16 = (): number => this.#take(2).readUInt16LE();
  int16 = (): number => this.#take(2).readInt16LE();
  uint32 = (): number => this.#take(4).readUInt32LE();
  int32 = (): number => this.#take(4).readInt32LE();
  float32 = (): number => this.#take(4).readFloatLE();
  float64 = (): number => this.#take(8).readDoubleLE();
  uint64 = (): number => Number(this.#take(8).readBigUInt64LE());
  int64 = (): number => Number(this.#take(8).readBigInt64LE());

  /** Text after its length, 64 bits. */
  text = (encoding: BufferEncoding = 'utf8'): string => this.#take(this.uint64()).toString(encoding);

  #take(count: number): Buffer {
    if (count > this.remaining) throw new EndOfFile();
    if (this.#at + count > this.#bytes.length) this.#fill(count);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  #fill(count: number): void {
    const start = this.position;
    const bytes = Buffer.allocUnsafe(Math.min(Math.max(count, 2 ** 18), this.size - start));
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(this.#file, bytes, filled, bytes.length - filled, start + filled);
      if (read === 0) throw new EndOfFile();
      filled += read;
    }
    this.#bytes = bytes;
    this.#start = start;
    this.#at = 0;
  }
}
