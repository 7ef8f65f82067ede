import { join } from 'node:path';
import { OnlookerError } from '../../base/errors.ts';
import { checkGgufAdapter, checkGgufModel } from '../../llama/check-gguf.ts';
import { type GgufHeader, readGgufHeader } from '../../llama/gguf-header.ts';
import type { BundleManifest } from '../manifest.ts';
import { readGgufVocabulary } from './gguf-vocabulary.ts';

const reinstall = "The bundle's files do not belong together; install it again.";

/** Checks the language model's file against the manifest, from its header alone. */
export async function checkLanguage(folder: string, manifest: BundleManifest): Promise<void> {
  const { language, adapter } = manifest.files;
  const path = join(folder, language.path);
  const header = readGgufHeader(path);
  checkGgufModel(header, path);
  checkWidth(header, manifest);
  if (header.multiAxisRope) {
    refuse(`${language.path} numbers its positions along several axes, so old frames could not be forgotten`);
  }
  checkTokens(readGgufVocabulary(path, 'latin1'), header, language.path);
  checkVocabulary(readGgufVocabulary(path), manifest);
  if (adapter) {
    const found = readGgufHeader(join(folder, adapter.path));
    checkAdapter(found, header, manifest);
    checkGgufAdapter(found, header, adapter.path);
  }
}

function checkWidth(header: GgufHeader, { files, vision }: BundleManifest): void {
  if (header.embeddingWidth !== vision.tokenWidth) {
    const source = (files.connector ?? files.vision).path;
    refuse(
      `${source} gives tokens of width ${vision.tokenWidth}, but ${files.language.path} wants ${header.embeddingWidth}`,
    );
  }
}

/**
 * llama.cpp ends the process over a token that is there twice (it gives those without a text a name of their own), and
 * over a SentencePiece vocabulary without its bytes.
 */
function checkTokens(vocabulary: readonly string[], { metadata }: GgufHeader, name: string): void {
  const known = new Set<string>();
  for (const token of vocabulary) {
    if (token !== '' && known.has(token)) refuse(`${name} has the token ${JSON.stringify(token)} twice`);
    known.add(token);
  }
  if (metadata.get('tokenizer.ggml.model') === 'llama' && !known.has('<0x0A>')) {
    refuse(`${name} has a SentencePiece tokenizer, but no tokens for single bytes`);
  }
}

/** Tokens that the decision hangs on must be single tokens, and whatever looks like a special token must be one. */
function checkVocabulary(
  vocabulary: readonly string[],
  { files, protocol, instruction, systemPrompt }: BundleManifest,
) {
  const known = new Set(vocabulary);
  const need = (text: string, role: string) => {
    if (spellings(text).some((spelling) => known.has(spelling))) return;
    refuse(`${files.language.path} has no token ${JSON.stringify(text)}, which bundle.json names as ${role}`);
  };
  need(protocol.silence, 'protocol.silence');
  need(protocol.endOfReply, 'protocol.endOfReply');
  if (protocol.separator !== null) need(protocol.separator, 'protocol.separator');
  const texts = {
    ...prefixed('protocol.transitions', protocol.transitions),
    ...prefixed('instruction', { open: instruction.open, close: instruction.close }),
    systemPrompt,
  };
  for (const [role, text] of Object.entries(texts)) {
    for (const [special] of text.matchAll(/<\|[^<>|]+\|>/g)) need(special, `part of ${role}`);
  }
}

function checkAdapter(adapter: GgufHeader, base: GgufHeader, { files }: BundleManifest): void {
  const name = files.adapter?.path ?? 'adapter.gguf';
  if (adapter.metadata.get('general.type') !== 'adapter') refuse(`${name} is not an adapter`);
  if (adapter.architecture !== base.architecture) {
    refuse(`${name} is made for ${adapter.architecture}, but ${files.language.path} is ${base.architecture}`);
  }
}

/** How vocabularies write a token: as it is (special tokens), byte by byte (GPT-2), or with a mark for spaces (SentencePiece). */
function spellings(text: string): string[] {
  const bytes = Array.from(Buffer.from(text), (byte) => byteLetters[byte]).join('');
  return [text, bytes, text.replaceAll(' ', '\u2581')];
}

/** GPT-2's letters for bytes: printable Latin-1 stands for itself, the other bytes for U+0100 onwards, in order. */
const byteLetters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(printable ? byte : next++);
  });
})();

function prefixed(prefix: string, texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${prefix}.${key}`, text]));
}

function refuse(mismatch: string): never {
  throw new OnlookerError('bundle-invalid', `${mismatch}. ${reinstall}`);
}
