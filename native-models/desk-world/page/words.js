/** Filler text in several scripts. What it says does not matter; how its lines look does. */
import { random } from './random.js';

const LISTS = {
  latin:
    'the of and river report window garden server budget meeting plan result table open value quarter letter music notes draft stone light paper update project weekly train summer coffee market design review station house version network signal water green north early figure chapter answer simple large small under over about after before change build field'.split(
      ' ',
    ),
  european:
    'über Straße Prüfung Ergebnis français été naïve señor mañana größe Änderung développement rapport données système Übersicht Werkzeug élève Seite août książka žlutý øre Datei öffnen schließen'.split(
      ' ',
    ),
  hangul:
    '오늘 회의 보고서 파일 열기 저장 화면 사용자 설정 프로그램 결과 확인 취소 메일 사진 문서 네트워크 자료 학교 시간 날씨 음악 도서관 새로운 업데이트 완료 내일 점심 서울 이름 그리고'.split(
      ' ',
    ),
  han: '文件 打开 保存 设置 今天 会议 报告 网络 图片 用户 系统 更新 完成 确认 取消 时间 天气 学校 音乐 数据 项目 结果 窗口 邮件 东京 設定 資料 画面 ファイル 開く 保存する 今日'.split(
    ' ',
  ),
};

/** @param {string} lang */
const listOf = (lang) => LISTS[lang] ?? LISTS.latin;

/** A run of words, about `length` characters long. @param {string} lang @param {number} length @param {...number} seed */
export function words(lang, length, ...seed) {
  const r = random(...seed);
  const list = listOf(lang);
  let text = '';
  while (text.length < length) text += (text ? ' ' : '') + r.pick(list);
  return text.slice(0, Math.max(1, length));
}

/** One or two words with a capital, as for a title or a name. @param {string} lang @param {...number} seed */
export function title(lang, ...seed) {
  const r = random(...seed);
  const text = `${r.pick(listOf(lang))} ${r.pick(listOf(lang))}`;
  return text[0].toUpperCase() + text.slice(1);
}

const CODE =
  'const let function return if else for while import from export class new await value index frame list state await this null true result buffer size open close count items'.split(
    ' ',
  );

/** One line of something like source code, as coloured pieces `[text, colour index 0..4]`. @param {...number} seed */
export function code(...seed) {
  const r = random(...seed);
  if (r.chance(0.13)) return [];
  const pieces = [[' '.repeat(2 * r.int(0, 5)), 0]];
  if (r.chance(0.12)) return [...pieces, [`// ${words('latin', r.int(15, 55), r.int(0, 1e6))}`, 3]];
  for (let n = r.int(2, 8); n > 0; n--) {
    const kind = r.int(0, 4);
    const word = r.pick(CODE);
    pieces.push([
      kind === 2 ? `'${word}' ` : kind === 4 ? `${r.int(0, 999)} ` : r.chance(0.4) ? `${word}(` : `${word} `,
      kind,
    ]);
  }
  return [...pieces, [r.pick([';', ' {', ');', ',', '}']), 0]];
}

/** One line of terminal output. @param {...number} seed */
export function output(...seed) {
  const r = random(...seed);
  const file = `${r.pick(CODE)}/${r.pick(LISTS.latin)}-${r.int(1, 99)}.${r.pick(['c', 'o', 'js', 'py', 'txt', 'so'])}`;
  switch (r.int(0, 6)) {
    case 0:
      return `[${r.int(1, 400)}/400] Building ${file}`;
    case 1:
      return `-rw-r--r-- 1 user user ${r.int(100, 999999)} ${r.pick(['Jan', 'Mar', 'Aug', 'Nov'])} ${r.int(1, 28)} ${file}`;
    case 2:
      return `  ${file}: ${words('latin', r.int(10, 50), r.int(0, 1e6))}`;
    case 3:
      return `warning: ${words('latin', r.int(20, 60), r.int(0, 1e6))} [-W${r.pick(CODE)}]`;
    case 4:
      return `Get:${r.int(1, 80)} http://${r.pick(LISTS.latin)}.example ${file} [${r.int(1, 900)} kB]`;
    case 5:
      return words('latin', r.int(5, 70), r.int(0, 1e6));
    default:
      return `gcc -O2 -Wall -c ${file} -o ${file}.o`;
  }
}
