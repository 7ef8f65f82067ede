/** What was said of late: word by word while it is said, whole afterwards. */
import type { Moment, Span, Speech } from '../../preload/contract.ts';
import type { EngineEvent } from '../engine/engine.ts';

/** Speeches kept for windows that open later. */
const kept = 200;

type Telling = Extract<EngineEvent, { type: 'speaking' | 'unsaid' | 'narration' | 'answer' }>;

export class Speeches {
  readonly #tell: (speech: Speech) => void;
  /** Oldest first. */
  #speeches: Speech[] = [];
  #lastId = 0;

  /** @param tell hears each speech whenever something of it changes */
  constructor(tell: (speech: Speech) => void) {
    this.#tell = tell;
  }

  /** Oldest first. */
  get all(): readonly Speech[] {
    return this.#speeches;
  }

  /** Takes what the engine says. */
  on(event: Telling, at: number): void {
    switch (event.type) {
      case 'speaking': {
        const { t, text, query } = event;
        const kind = event.of;
        this.#put({ ...(this.#open(kind, query) ?? this.#next({ kind, at, t, ...(query && { query }) })), t, text });
        return;
      }
      case 'unsaid': {
        const open = this.#open('narration');
        if (open) this.#remove(emptied(open));
        return;
      }
      case 'narration': {
        const { t, text, pSilent } = event;
        this.#put({
          ...(this.#open('narration') ?? this.#next({ kind: 'narration', at, t })),
          // Its first words came before its frame had been told: only now its time is known.
          ...{ at, t, text },
          pSilent,
          done: true,
        });
        return;
      }
      case 'answer': {
        const { t, text, query } = event;
        this.#put({
          ...(this.#open('answer', query) ?? this.#next({ kind: 'answer', at, t, query })),
          ...{ at, t, text },
          done: true,
        });
      }
    }
  }

  /** An answer that is being looked for: shown empty, until it is closed. */
  openAnswer(query: string, t: number): number {
    const speech = this.#next({ kind: 'answer', at: Date.now(), t, query });
    this.#put(speech);
    return speech.id;
  }

  /** Ends an answer that did not come from the engine; without a text there is none, and it goes. */
  closeAnswer(id: number, answer?: { readonly text: string; readonly moments: readonly Moment[] }): void {
    const open = this.#speeches.find((speech) => speech.id === id && !speech.done);
    if (!open) return;
    if (answer) this.#put({ ...open, ...answer, done: true });
    else this.#remove(emptied(open));
  }

  /** What was being said when it ended will not be ended. */
  closeAll(): void {
    for (const speech of this.#speeches.filter(({ done }) => !done)) {
      if (speech.text === '') this.#remove(emptied(speech));
      else this.#put({ ...speech, done: true });
    }
  }

  /**
   * What was said in the span, and the answers that rest on it. Whoever shows what was said in it knows the span; that
   * an answer goes with it is told. Wall clock, milliseconds since 1970.
   */
  forget({ from, before }: Span): void {
    const within = ({ at }: { readonly at: number }) => at >= from && at < before;
    const restsOn = ({ moments = [] }: Speech) =>
      moments.some((moment) => within(moment) || moment.utterances.some(within));
    for (const speech of this.#speeches.filter(restsOn)) this.#remove(emptied(speech));
    this.#speeches = this.#speeches.filter((speech) => !within(speech));
  }

  /** The oldest that is still being said. */
  #open(kind: Speech['kind'], query?: string): Speech | undefined {
    return this.#speeches.find((speech) => !speech.done && speech.kind === kind && speech.query === query);
  }

  #next(speech: Pick<Speech, 'kind' | 'at' | 't' | 'query'>): Speech {
    return { id: ++this.#lastId, ...speech, text: '', done: false };
  }

  #put(speech: Speech): void {
    const place = this.#speeches.findIndex(({ id }) => id === speech.id);
    if (place >= 0) this.#speeches[place] = speech;
    else this.#speeches = [...this.#speeches, speech].slice(-kept);
    this.#tell(speech);
  }

  #remove(speech: Speech): void {
    this.#speeches = this.#speeches.filter(({ id }) => id !== speech.id);
    this.#tell(speech);
  }
}

/** Empty and done: whoever shows it takes it away. */
function emptied({ moments: _, ...speech }: Speech): Speech {
  return { ...speech, text: '', done: true };
}
