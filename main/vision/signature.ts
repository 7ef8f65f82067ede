/**
 * What a bundle's ONNX graphs must look like, checked before anything runs: names, element types and every dimension
 * the graph fixes. A dimension the graph leaves open is checked on the first run (graph.ts).
 */

import { OnlookerError } from '../base/errors.ts';
import type { BundleManifest } from '../bundle/manifest.ts';
import type { InferenceSession } from './onnx-runtime.ts';

type Metadata = InferenceSession['inputMetadata'][number];
/** A fixed length, or 'any' for one the graph may choose itself. */
type Dimension = number | 'any' | 'frames';

/** Throws `bundle-invalid` if the vision graph does not fit the manifest. */
export function checkVisionSignature(session: InferenceSession, manifest: BundleManifest): void {
  const { frame, vision, files } = manifest;
  const check = new Check(files.vision.path);
  // With a connector behind it, the width of the vision graph's tokens is a matter between the two.
  const tokens: Dimension[] = ['frames', vision.tokensPerFrame, files.connector ? 'any' : vision.tokenWidth];

  const inputs = byName(session.inputMetadata);
  check.has('input', inputs, 'pixels', 'uint8', ['frames', frame.height, frame.width, 3]);
  check.only('input', inputs, vision.stateWidth > 0 ? ['pixels', 'state_in'] : ['pixels']);

  const outputs = byName(session.outputMetadata);
  check.has('output', outputs, 'tokens', 'float32', tokens);
  check.has('output', outputs, 'embedding', 'float32', ['frames', vision.embeddingWidth]);
  if (outputs.has('still_tokens')) check.has('output', outputs, 'still_tokens', 'float32', tokens);
  if (vision.stateWidth > 0) {
    check.has('input', inputs, 'state_in', 'float32', [1, vision.stateWidth]);
    check.has('output', outputs, 'state_out', 'float32', [1, vision.stateWidth]);
  }
}

/** Throws `bundle-invalid` if the connector does not take what the vision graph gives, or does not give `tokenWidth`. */
export function checkConnectorSignature(
  connector: InferenceSession,
  vision: InferenceSession,
  manifest: BundleManifest,
): void {
  const file = manifest.files.connector?.path ?? 'connector.onnx';
  const check = new Check(file);
  const [input] = connector.inputMetadata;
  const [output] = connector.outputMetadata;
  if (input === undefined || output === undefined || connector.inputMetadata.length > 1) {
    throw new OnlookerError('bundle-invalid', `${file} must have one input and one output. ${reinstall}`);
  }
  const given = byName(vision.outputMetadata).get('tokens');
  const width = given?.isTensor ? given.shape[2] : undefined;
  const { tokensPerFrame, tokenWidth } = manifest.vision;
  const wanted: Dimension = typeof width === 'number' ? width : 'any';
  check.has('input', byName([input]), input.name, 'float32', ['frames', tokensPerFrame, wanted]);
  check.has('output', byName([output]), output.name, 'float32', ['frames', tokensPerFrame, tokenWidth]);
}

/** Throws `bundle-invalid` if a closer look does not give what the language model takes for a frame. */
export function checkCloseUpSignature(session: InferenceSession, manifest: BundleManifest): void {
  const { frame, vision, files } = manifest;
  const check = new Check(files.closeUp?.path ?? 'close-up.onnx');
  const inputs = byName(session.inputMetadata);
  check.has('input', inputs, 'pixels', 'uint8', ['frames', frame.height, frame.width, 3]);
  check.only('input', inputs, ['pixels']);
  const tokens: Dimension[] = ['frames', vision.tokensPerFrame, vision.tokenWidth];
  check.has('output', byName(session.outputMetadata), 'tokens', 'float32', tokens);
}

/** Throws `bundle-invalid` if the text tower does not put token ids where the vision graph puts pictures. */
export function checkTextSignature(session: InferenceSession, manifest: BundleManifest): void {
  const check = new Check(manifest.files.text?.path ?? 'text.onnx');
  const inputs = byName(session.inputMetadata);
  check.has('input', inputs, 'ids', 'int64', ['any', 'any']);
  check.only('input', inputs, ['ids']);
  const outputs = byName(session.outputMetadata);
  check.has('output', outputs, 'embedding', 'float32', ['any', manifest.vision.embeddingWidth]);
}

const reinstall = "The bundle's files do not belong together; install it again.";

function byName(metadata: readonly Metadata[]): Map<string, Metadata> {
  return new Map(metadata.map((value) => [value.name, value]));
}

class Check {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  has(side: 'input' | 'output', values: Map<string, Metadata>, name: string, type: string, shape: Dimension[]): void {
    const value = values.get(name);
    if (value === undefined) this.#refuse(`has no ${side} "${name}" (it has ${[...values.keys()].join(', ')})`);
    if (!value.isTensor) this.#refuse(`has ${side} "${name}" that is not a tensor`);
    if (value.type !== type) this.#refuse(`has ${side} "${name}" of type ${value.type}, but bundle.json wants ${type}`);
    const fits =
      value.shape.length === shape.length && shape.every((wanted, axis) => dimensionFits(value.shape[axis], wanted));
    if (!fits)
      this.#refuse(`has ${side} "${name}" of shape ${show(value.shape)}, but bundle.json wants ${show(shape)}`);
  }

  only(side: 'input', values: Map<string, Metadata>, names: string[]): void {
    const extra = [...values.keys()].find((name) => !names.includes(name));
    if (extra !== undefined) this.#refuse(`wants an ${side} "${extra}" that bundle.json does not speak of`);
  }

  #refuse(mismatch: string): never {
    throw new OnlookerError('bundle-invalid', `${this.#file} ${mismatch}. ${reinstall}`);
  }
}

/** A dimension with a name instead of a length is open; the number of frames has to be. */
function dimensionFits(found: number | string | undefined, wanted: Dimension): boolean {
  if (wanted === 'frames') return typeof found === 'string';
  return wanted === 'any' || typeof found === 'string' || found === wanted;
}

function show(shape: readonly (number | string)[]): string {
  return `[${shape.map((length) => (length === 'frames' || length === '' ? 'N' : length)).join(', ')}]`;
}
