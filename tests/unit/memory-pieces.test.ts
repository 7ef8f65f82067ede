import { expect, test } from 'vitest';
import { addPiece, inPieces } from '../../main/memory/pieces.ts';

const text = (i: number) => ({ t: i, text: `Text ${i}.` });
const texts = (count: number) => Array.from({ length: count }, (_, i) => text(i));

test('a long output comes in pieces of bounded size, and is whole again', () => {
  const outputs = [
    texts(5000),
    { moments: texts(3000), next: 7 },
    [{ lines: texts(10) }, { lines: texts(4000), jpeg: new Uint8Array(5000) }, { lines: texts(2) }],
    Array.from({ length: 900 }, (_, i) => ({ lines: texts(i % 7) })),
  ];
  for (const output of outputs) {
    const { begun, pieces } = inPieces(output);
    const messages = structuredClone([begun, ...pieces]);
    expect(pieces.length).toBeGreaterThan(1);
    for (const message of messages)
      expect(
        JSON.stringify(message, (_, value) => (value instanceof Uint8Array ? 0 : value)).split('"t"').length,
      ).toBeLessThan(600);
    const [whole, ...rest] = messages;
    for (const piece of rest) addPiece(whole, piece as (typeof pieces)[number]);
    expect(whole).toEqual(output);
  }
});

test('a short one comes at once', () => {
  for (const output of [undefined, null, 5, 'word', texts(100), new Uint8Array(1e6), { forgotten: 3 }]) {
    expect(inPieces(output)).toEqual({ begun: output, pieces: [] });
  }
});
