/** A window somebody could see now. */
export interface VisibleWindow {
  /** The window system's own name for it. */
  readonly id: string;
  /** Name of the application, as far as it can be told; '' when not. */
  readonly app: string;
  readonly title: string;
  /** In the desktop's pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Windows inside of it, where the window system tells them. */
  readonly inside?: readonly WindowBox[];
}

/** Where a window is, in the desktop's pixels. */
export interface WindowBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** All windows that can be seen, the topmost last; undefined when that cannot be told. */
export type WindowList = readonly VisibleWindow[] | undefined;
