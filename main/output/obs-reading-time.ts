/** How long a caption stays: time to notice it, and some twelve characters a second, milliseconds. */
export function readingMs(text: string): number {
  return Math.max(3000, 1000 + 80 * text.length);
}
