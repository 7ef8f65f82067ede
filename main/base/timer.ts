/** A timer that a `using` declaration clears. */
export function startTimer(ms: number, action: () => void): Disposable {
  const timer = setTimeout(action, ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
