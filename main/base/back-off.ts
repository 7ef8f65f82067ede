/**
 * How long to wait before the next attempt at something that keeps failing, in the unit of the options. Nothing after no
 * failure; `first` after one, doubled with each further failure in a row, up to `longest`.
 */
export function backOff(
  failures: number,
  { first, longest }: { readonly first: number; readonly longest: number },
): number {
  return failures === 0 ? 0 : Math.min(longest, first * 2 ** (failures - 1));
}
