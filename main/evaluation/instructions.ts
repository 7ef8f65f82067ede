/**
 * What a standing instruction asks for. The instructions that desk-nano learns are in
 * native-models/desk-world/instructions.json: for each scope ("errors", "finished", ...) the events it covers and ways to
 * say it, in English and Korean. "application" stands for one application each.
 */
import instructions from '../../native-models/desk-world/instructions.json' with { type: 'json' };
import vocabulary from '../../native-models/desk-world/vocabulary.json' with { type: 'json' };
import { normalise } from '../live/narration-grammar.ts';
import type { Kind, Subject } from './grammar.ts';
import type { TrueEvent } from './matching.ts';

/** Whether an event is to be told. */
export type Scope = (event: Pick<TrueEvent, 'kind' | 'subject'>) => boolean;

/** The application in which a kind without a subject happens, if it is always the same. */
function ownerOf(kind: Kind): string | undefined {
  const rule = vocabulary.kinds[kind];
  return 'owner' in rule ? rule.owner : undefined;
}

const everything: Scope = () => true;
const scopes = new Map<string, Scope>();
for (const { events, en, ko } of Object.values(instructions)) {
  if (events === 'subject') {
    for (const app of vocabulary.subjects.app as Subject[]) {
      const { en: english, ko: korean } = vocabulary.names[app];
      const scope: Scope = ({ kind, subject }) => (subject ?? ownerOf(kind)) === app;
      for (const text of en) scopes.set(normalise(text.replace('{name}', english)), scope);
      for (const text of ko) scopes.set(normalise(text.replace('{name}', korean)), scope);
    }
  } else {
    const wanted = events as 'all' | [Kind, Subject | null][];
    const scope: Scope =
      wanted === 'all'
        ? everything
        : ({ kind, subject }) => wanted.some((each) => each[0] === kind && (each[1] ?? subject) === subject);
    for (const text of [...en, ...ko]) scopes.set(normalise(text), scope);
  }
}

/** The scope of an instruction; one that is not in the list is taken to ask for everything. */
export function scopeOf(instruction: string): Scope {
  return scopes.get(normalise(instruction)) ?? everything;
}
