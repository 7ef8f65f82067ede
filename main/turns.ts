/** Runs tasks one after another, in the order they were asked for; a task that fails does not poison the next. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task, task);
    this.#last = turn;
    turn.catch(() => {}); // the caller holds the rejection; this copy only keeps the order
    return turn;
  }
}
