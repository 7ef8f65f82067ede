/**
 * Whether an mp4 or mov has its index (the box `moov`) behind its pictures (`mdat`): then it can only be read where one can
 * go back (ISO/IEC 14496-12). @param head its first bytes; false also where they tell nothing
 */
export function indexIsLast(head: Uint8Array): boolean {
  const bytes = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = 0; at + 8 <= bytes.byteLength; ) {
    const type = Buffer.from(head.subarray(at + 4, at + 8)).toString('latin1');
    if (type === 'mdat') return at > 0;
    if (type === 'moov' || type === 'moof' || !/^[a-z0-9 ]{4}$/i.test(type)) return false;
    // 1: the size stands behind the type, in 64 bits. 0: the box goes on to the end.
    const size = bytes.getUint32(at);
    if (size === 1 && at + 16 > bytes.byteLength) return false;
    const length = size === 1 ? Number(bytes.getBigUint64(at + 8)) : size;
    if (length < 8) return false;
    at += length;
  }
  return false;
}
