/**
 * Where an element of a Matroska ends that begins at `at`, by its own account (RFC 8794); undefined where it does not say.
 * @param element its first 12 bytes; its name is four bytes long, as all at the top are
 */
export function endOfElement(element: Buffer, at: number): number | undefined {
  const width = Math.clz32(element[4]!) - 23; // of the length
  if (width > 8) return undefined;
  const unknown = (1n << BigInt(7 * width)) - 1n;
  const length = BigInt(`0x${element.toString('hex', 4, 4 + width)}`) & unknown;
  return length === unknown ? undefined : at + 4 + width + Number(length);
}
