/** In the engine's process: screens that only the program itself can capture are asked of the host. */

import type { TransferredPort } from '../base/parent-port.ts';
import { FeedEnd } from '../capture/live-feed.ts';
import type { FramePort, KnownDisplay, OpenDisplay } from '../capture/port-feed.ts';
import { type DisplayOpened, type Report, thrown } from './messages.ts';

export class DisplayRequests {
  readonly #send: (report: Report) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<FramePort>>();
  #next = 0;

  constructor(send: (report: Report) => void) {
    this.#send = send;
  }

  readonly open: OpenDisplay = (wanted) => {
    const id = this.#next++;
    const opened = Promise.withResolvers<FramePort>();
    this.#waiting.set(id, opened);
    this.#send({ type: 'display', id, wanted });
    return opened.promise;
  };

  /** Takes what the host says to a request. */
  take({ display, failed, away, known }: DisplayOpened, port: TransferredPort | undefined): void {
    const waiting = this.#waiting.get(display);
    this.#waiting.delete(display);
    if (failed) waiting?.reject(thrown(failed));
    else if (away !== undefined) waiting?.reject(new FeedEnd(away, { away: true }));
    else if (port) waiting?.resolve(framePort(port, known, () => this.#send({ type: 'display-over', id: display })));
  }
}

function framePort(port: TransferredPort, known: KnownDisplay | undefined, over: () => void): FramePort {
  return {
    known,
    listen(onMessage, onClosed) {
      port.on('message', ({ data }) => onMessage(data));
      port.on('close', onClosed);
      port.start();
    },
    send: (message) => port.postMessage(message),
    close() {
      port.close();
      over();
    },
  };
}
