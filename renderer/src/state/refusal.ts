/** What the program refused to do, as it said it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  /** A defect of this window is shown too, rather than swallowed. */
  static of(error: unknown): Refusal {
    return error instanceof Refusal
      ? error
      : new Refusal('defect', error instanceof Error ? error.message : String(error));
  }
}
