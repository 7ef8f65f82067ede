/**
 * What a question names that a picture can show. A text tower finds a nearest picture for every text, also for what was
 * never there, and how near it is says little (docs/decisions.md). What says something is the comparison: a picture shows a
 * terminal if it is much more like a terminal than like anything else that may be on a screen.
 */
import { languageOf } from '../../base/languages.ts';
import type { Connection } from '../store/connection.ts';
import type { SearchFilter } from '../store/search-filter.ts';
import { longest } from './moments.ts';
import { type Meaning, type NearFrame, nearestFrames } from './nearest-frames.ts';
import { meaningsOf } from './text-meaning.ts';
import type { TextTowers } from './text-towers.ts';

/** Things on a screen, in English and Korean; longer names come before those they contain. */
const things = [
  ['text editor', '편집기'],
  ['web browser', '브라우저'],
  ['file manager', '파일 관리자'],
  ['image viewer', '이미지 뷰어'],
  ['video player', '동영상'],
  ['mail program', '메일'],
  ['settings window', '설정'],
  ['error dialog', '오류'],
  ['warning dialog', '경고'],
  ['message dialog', '알림 대화'],
  ['question dialog', '질문 대화'],
  ['file dialog', '파일 대화'],
  ['terminal', '터미널'],
  ['document', '문서'],
  ['spreadsheet', '스프레드시트'],
  ['presentation', '프레젠테이션'],
  ['chat', '채팅'],
] as const;

/** So much more like it than like any other thing must a picture be; cosines. */
const margin = 0.2;

export interface PictureQuestion {
  /** What is said of a picture that shows it, in the language of the question. */
  readonly statement: string;
  readonly wanted: Meaning;
}

/** What a question or a search names that a picture can show, by its English name, and the text without that. */
export function thingNamed(text: string): { readonly thing: string | undefined; readonly rest: string } {
  const plain = text.normalize().toLowerCase();
  for (const names of things) {
    const name = names.find((each) => plain.includes(each));
    if (name !== undefined) return { thing: names[0], rest: plain.replace(name, ' ') };
  }
  return { thing: undefined, rest: plain };
}

/** The caption of a picture that shows it, and those of pictures that show the others. */
export function captionsFor(thing: string): { readonly own: string; readonly others: readonly string[] } {
  const caption = (name: string) => `a computer screen: ${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
  const others = things.map(([name]) => name).filter((name) => name !== thing);
  return { own: caption(thing), others: others.map(caption) };
}

/** Undefined where the question names nothing of the kind, or the memory's pictures cannot be compared with texts. */
export async function pictureQuestion(
  connection: Connection,
  question: string,
  kept?: TextTowers,
): Promise<PictureQuestion | undefined> {
  const { thing } = thingNamed(question);
  if (thing === undefined) return undefined;
  const { own, others } = captionsFor(thing);
  const { meanings } = await meaningsOf(connection, [own, ...others], kept);
  const wanted = meanings && distinctMeaning(meanings, margin);
  return wanted && { statement: statementOf(thing, question), wanted };
}

function statementOf(thing: string, question: string): string {
  if (languageOf(question) !== 'ko') return `A picture looks like ${/^[aeiou]/.test(thing) ? 'an' : 'a'} ${thing}.`;
  const korean = things.find(([name]) => name === thing)![1];
  return `"${korean}"처럼 보이는 그림이 있습니다.`;
}

/** What the first one means, told by so much from what the others mean. `embedding`: what frames are ranked by. */
export function distinctMeaning(
  [first, ...others]: readonly Meaning[],
  margin: number,
  embedding = first?.embedding,
): Meaning | undefined {
  if (!first || !embedding) return undefined;
  const distinct = { own: first.embedding, others: others.map((other) => other.embedding), margin };
  return { ...first, embedding, distinct };
}

/** The frames that show it, one a minute, the clearest first. */
export function framesShowing(
  connection: Connection,
  { wanted }: PictureQuestion,
  filter: SearchFilter,
  most: number,
): NearFrame[] {
  const shown: NearFrame[] = [];
  for (const frame of nearestFrames(connection, wanted, filter)) {
    if (shown.length === most || frame.likeness < margin) break;
    if (shown.some(({ session, t }) => session === frame.session && Math.abs(t - frame.t) <= longest)) continue;
    shown.push(frame);
  }
  return shown;
}
