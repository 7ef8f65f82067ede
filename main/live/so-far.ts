/** Questions about all that has happened: the model has only its window, the rest is told from the summary. */
import { languageOf } from '../base/languages.ts';
import type { RollingSummary } from './rolling-summary.ts';

const asksForAll =
  /\b(so far|until now|till now|up to now|from the (start|beginning)|since (the start|the beginning|you started)|summar(y|i[sz]e)|the whole (time|stream))\b|지금까지|여태|이제까지|처음부터|요약/iu;

/** The model's answer, and before it what it cannot know any more, where the question is about that. */
export function answerSoFar(question: string, answer: string, summary: RollingSummary): string {
  if (!asksForAll.test(question)) return answer;
  const { lines, all } = summary.told();
  if (lines.length === 0) return answer;
  const isKorean = languageOf(question) === 'ko';
  const told = lines.map(({ t, text }) => `[${time(t)}] ${text}`);
  const left = all - lines.length;
  if (isKorean) return `이전: ${told.join(' ')}${left > 0 ? ` (그 밖에 ${left}개)` : ''} 최근: ${answer}`;
  return `Earlier: ${told.join(' ')}${left > 0 ? ` (and ${left} more)` : ''} Lately: ${answer}`;
}

/** "1:02:05" */
function time(seconds: number): string {
  const whole = Math.floor(seconds);
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60].map((value) => String(value).padStart(2, '0'));
  return `${Math.floor(whole / 3600)}:${minutes}:${rest}`;
}
