/** The words of a question that say what it is about. */

const asking = new Set(
  `a an the i me my he she him her they them their you your we us it its is are was were be been am do did does done doing have has had can could would
  should will what when where which who whom whose why how many much often long time times last first ever any anything
  something someone let lets else there here that this these those and or not of on in at to from for with by about as into out up
  happen happened happening see saw seen show shown showed tell say said work working please then so just
  뭐 뭘 무엇 무슨 언제 어디 어느 어떤 누가 누구 왜 어떻게 몇 나 내 내가 제 저 우리 일 번 것 거 게 좀 그 그때 수 있 했 하 봤 보 됐 되
  일어났 일어난 생겼 있었 한 본 시간`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Endings of Korean questions, then particles: what is left is found as a part of the words in a text. */
const koreanEndings = /(?:습니까|ㅂ니까|었나요|나요|어요|아요|는지|을까|니|나|지|어|아|요|던가|던)$/u;
const koreanVerbs = /(?<=.{2})(?:했었|했|됐|하|되)$/u;
const koreanParticles = /(?<=.{2})(?:에서는|에서|에게|으로|부터|까지|이랑|랑|을|를|이|가|은|는|에|의|도|로|와|과|만)$/u;
/** After one syllable: "일이", "뭐가", "나는". */
const particleOfOne = /(?<=^\p{Script=Hangul})(?:을|를|이|가|은|는)$/u;
const englishEndings = /(?<=[a-z]{3})(?:ing|ed|es|s)$/;

/** "Don't", "wasn't", "o'clock", and what an apostrophe joins to a word: "what's", "Bob's", "they've". */
const negations = /\p{L}+n['’ʼ‘`]t(?!\p{L})|(?<!\p{L})o['’ʼ‘`]clock(?!\p{L})/gu;
const joined = /(?<=\p{L})['’ʼ‘`](?:s|re|ve|ll|d|m)?(?!\p{L})/gu;

/** Japanese and Chinese, which have no spaces between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+/gu;
const segmenters = {
  ja: new Intl.Segmenter('ja', { granularity: 'word' }),
  zh: new Intl.Segmenter('zh', { granularity: 'word' }),
};
const unspacedAsking = new Set(
  `何 何か 何が 何を 私 僕 俺 我 你 我们 什么 什麼 做 做了 干 干了 了 吗 嗎 呢 的 是 有 在 时候 時候 時 事 哪 哪里 谁 誰 怎么 为什么
  发生 發生 发生了 看 看到 看见 看了 起 起き 起きた 見 見た 過 用 那 这 和 与 到 从 被 把 些 个 会 能 多少 几 里 里面 上 中 我在`.split(
    /\s+/,
  ),
);

/** `when did the build fail?` to "build", "fail". Forms of a word become what they have in common. */
export function questionWords(question: string): string[] {
  const words =
    question
      .normalize()
      .toLowerCase()
      .replace(negations, ' ')
      .replace(joined, ' ')
      .replace(unspaced, (run) => ` ${unspacedWords(run).join(' ')} `)
      .match(/[\p{L}\p{N}_.-]*[\p{L}\p{N}]/gu) ?? [];
  const stems = words.filter((word) => !asking.has(word) && !asking.has(word.replace(particleOfOne, ''))).map(stem);
  return [...new Set(stems)].filter((word) => word !== '' && !asking.has(word));
}

/** The words of such a run that are more than grammar: those with Chinese characters or katakana in them. */
function unspacedWords(run: string): string[] {
  const language = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(run) ? 'ja' : 'zh';
  return [...segmenters[language].segment(run)]
    .map(({ segment }) => segment)
    .filter((word) => /[\p{Script=Han}\p{Script=Katakana}]/u.test(word) && !unspacedAsking.has(word));
}

function stem(word: string): string {
  if (!/\p{Script=Hangul}/u.test(word)) return word.replace(englishEndings, '');
  const noun = word.replace(koreanParticles, '');
  return noun === word ? word.replace(koreanEndings, '').replace(koreanVerbs, '') : noun;
}
