import type { Functions } from './functions.ts';
import type { Pointer } from './structs.ts';

/** Text to tokens and back, over a loaded model's vocabulary. Its calls are short, and made on the caller's thread. */
export class Vocabulary {
  readonly size: number;
  /** The begin-of-text token, if sequences of this model start with one. */
  readonly beginOfText: number | undefined;
  readonly #functions: Functions;
  readonly #address: Pointer;

  constructor(functions: Functions, address: Pointer) {
    this.#functions = functions;
    this.#address = address;
    this.size = functions.llama_vocab_n_tokens(address);
    const begin = functions.llama_vocab_bos(address);
    this.beginOfText = begin >= 0 && functions.llama_vocab_get_add_bos(address) ? begin : undefined;
  }

  tokenize(text: string, special: boolean): Int32Array {
    const bytes = Buffer.from(text);
    if (bytes.length === 0) return new Int32Array(0);
    // A token covers at least one byte; some vocabularies put a space in front of the text.
    let tokens = new Int32Array(bytes.length + 2);
    const run = () =>
      this.#functions.llama_tokenize(this.#address, bytes, bytes.length, tokens, tokens.length, false, special);
    let count = run();
    if (count < 0 && count >= -(2 ** 30)) {
      tokens = new Int32Array(-count);
      count = run();
    }
    if (count < 0) throw new Error(`llama.cpp could not tokenize a text of ${bytes.length} bytes`);
    return tokens.slice(0, count);
  }

  detokenize(tokens: Int32Array | readonly number[]): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      Buffer.concat(Array.from(tokens, (token) => this.piece(token))),
    );
  }

  piece(token: number): Uint8Array {
    this.check(token);
    let bytes = new Uint8Array(64);
    const run = () => this.#functions.llama_token_to_piece(this.#address, token, bytes, bytes.length, 0, false);
    let count = run();
    if (count < 0) {
      bytes = new Uint8Array(-count);
      count = run();
    }
    if (count < 0) throw new Error(`llama.cpp gave no text for token ${token}`);
    return bytes.slice(0, count);
  }

  /** Throws a RangeError for a number that is not a token. */
  check(token: number): void {
    if (!(Number.isInteger(token) && token >= 0 && token < this.size)) {
      throw new RangeError(`${token} is not a token: the vocabulary has ${this.size}`);
    }
  }
}
