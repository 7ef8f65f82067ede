import type { Readable } from 'node:stream';

/**
 * Cuts a pipe of raw video into pictures of `bytes` bytes. Reads only when asked, so a slow reader makes the writer
 * wait; each picture is a fresh array, copied once out of the pipe's buffers. An unfinished last picture is left out.
 */
export async function* pictures(pipe: Readable | AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Uint8Array> {
  let picture = new Uint8Array(bytes);
  let filled = 0;
  for await (const chunk of pipe as AsyncIterable<Buffer>) {
    let read = 0;
    while (read < chunk.length) {
      const taken = Math.min(chunk.length - read, bytes - filled);
      picture.set(chunk.subarray(read, read + taken), filled);
      read += taken;
      filled += taken;
      if (filled === bytes) {
        yield picture;
        picture = new Uint8Array(bytes);
        filled = 0;
      }
    }
  }
}
