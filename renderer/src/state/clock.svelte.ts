import { createSubscriber } from 'svelte/reactivity';

/** The wall clock as something that can be derived from; it ticks only while somebody looks. */
export class Clock {
  #now = $state(Date.now());
  readonly #track: () => void;

  /** @param everyMs how often it moves on */
  constructor(everyMs = 500) {
    this.#track = createSubscriber(() => {
      const timer = setInterval(() => {
        this.#now = Date.now();
      }, everyMs);
      return () => clearInterval(timer);
    });
  }

  /** Milliseconds since 1970. */
  get now(): number {
    this.#track();
    return this.#now;
  }
}
