/** What the encoder makes of one frame. */
export interface FrameTokens {
  /** [tokensPerFrame x tokenWidth], row-major float32: what the language model is fed. */
  readonly tokens: Float32Array;
  /** Tokens for a repeat of this very frame (nothing changed since); same shape. */
  readonly stillTokens: Float32Array;
  /** CLIP embedding, unit length. */
  readonly embedding: Float32Array;
}

/**
 * Frames to tokens. Carries the vision graph's state from call to call; `reset` forgets it (start, gap, seek).
 * Calls take turns.
 */
export interface VisionEncoder extends AsyncDisposable {
  /** The execution provider in use and why, for people: "CPU (no CUDA device)". */
  readonly provider: string;
  /** Whether that is the CPU, which then has less to spare for the language model. */
  readonly onCpu: boolean;
  /** One graph run over consecutive frames, each height x width x 3 bytes. Returns one result a frame, in order. */
  encode(frames: readonly Uint8Array[]): Promise<FrameTokens[]>;
  /**
   * A closer look at one frame (height x width x 3 bytes), for a question: [tokensPerFrame x tokenWidth], read like a
   * frame's. Undefined where the bundle has none. It neither reads nor changes the state of the stream.
   */
  lookClosely(frame: Uint8Array): Promise<Float32Array | undefined>;
  reset(): void;
}
