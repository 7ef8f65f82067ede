/** Who may speak to the server: this machine's user, by pages of ours or with the token. */
import type { IncomingMessage } from 'node:http';

/** Why a request is refused; undefined when it is not. */
export type Refusal = string | undefined;

export class Gate {
  readonly #hosts: readonly string[];

  constructor(port: number) {
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  }

  /**
   * A page of another site can make a browser send a request here under a name of its own that leads to this machine
   * (DNS rebinding); its name is then in `Host`.
   */
  host({ headers }: IncomingMessage): Refusal {
    return this.#hosts.includes(headers.host ?? '') ? undefined : `it was sent to the host "${headers.host ?? ''}"`;
  }

  /** What a browser sends for a page names that page's origin. @param needed whether one must be named */
  origin({ headers }: IncomingMessage, needed: boolean): Refusal {
    if (headers.origin === undefined) return needed ? 'it names no origin' : undefined;
    const ours = this.#hosts.some((host) => headers.origin === `http://${host}`);
    return ours ? undefined : `it comes from the origin "${headers.origin}"`;
  }
}
