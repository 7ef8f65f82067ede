/** Wall clock, milliseconds since 1970: from this on, and before that. */
export interface TimeSpan {
  readonly from: number;
  readonly before: number;
}
