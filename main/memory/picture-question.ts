/**
 * What a question names that a picture can show. A text tower finds a nearest picture for every text, also for what was
 * never there, and how near it is says little (docs/decisions.md). What says something is the comparison: a picture shows a
 * terminal if it is much more like a terminal than like anything else that may be on a screen.
 */
import type { Connection } from './connection.ts';
import { dot, unpackEmbedding } from './embedding.ts';
import { longest } from './moments.ts';
import { type Meaning, type NearFrame, nearestFrames } from './nearest-frames.ts';
import type { SearchFilter } from './search-filter.ts';
import { meaningsOf } from './text-meaning.ts';

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
/** Frames looked at, the most alike first. */
const mostFrames = 2000;

export interface PictureQuestion {
  /** Its name in English. */
  readonly thing: string;
  readonly wanted: Meaning;
  /** All the other things. */
  readonly others: readonly Float32Array[];
}

/** Undefined where the question names nothing of the kind, or the memory's pictures cannot be compared with texts. */
export async function pictureQuestion(connection: Connection, question: string): Promise<PictureQuestion | undefined> {
  const asked = question.normalize().toLowerCase();
  const thing = things.find((names) => names.some((name) => asked.includes(name)))?.[0];
  if (thing === undefined) return undefined;
  const names = [thing, ...things.map(([name]) => name).filter((name) => name !== thing)];
  const captions = names.map((name) => `a computer screen: ${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`);
  const { meanings } = await meaningsOf(connection, captions);
  const [wanted, ...others] = meanings ?? [];
  return wanted && { thing, wanted, others: others.map(({ embedding }) => embedding) };
}

/** The frames that show it, one a minute, the clearest first. */
export function framesShowing(
  connection: Connection,
  { wanted, others }: PictureQuestion,
  filter: SearchFilter,
  most: number,
): NearFrame[] {
  const shown: NearFrame[] = [];
  for (const frame of nearestFrames(connection, wanted, filter).slice(0, mostFrames)) {
    if (shown.length === most || frame.likeness < margin) break;
    if (shown.some(({ session, t }) => session === frame.session && Math.abs(t - frame.t) <= longest)) continue;
    const row = connection.get<{ embedding: Uint8Array }>('SELECT embedding FROM frames WHERE id = ?', frame.id);
    const picture = row && unpackEmbedding(row.embedding);
    if (picture && others.every((other) => frame.likeness - dot(picture, other) >= margin)) shown.push(frame);
  }
  return shown;
}
