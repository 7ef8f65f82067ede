/** How a program is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}
