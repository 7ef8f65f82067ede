/** The words of a question that say what it is about. */

const asking = new Set(
  `a an the i me my you we us it its is are was were be been am do did does done doing have has had can could would
  should will what when where which who whom whose why how many much often long time times last first ever any anything
  something someone there here that this these those and or not of on in at to from for with by about as into out up
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
const englishEndings = /(?<=[a-z]{3})(?:ing|ed|es|s)$/;

/** `when did the build fail?` to "build", "fail". Forms of a word become what they have in common. */
export function questionWords(question: string): string[] {
  const words =
    question
      .normalize()
      .toLowerCase()
      .match(/[\p{L}\p{N}_.-]*[\p{L}\p{N}]/gu) ?? [];
  const stems = words.filter((word) => !asking.has(word)).map(stem);
  return [...new Set(stems)].filter((word) => word !== '' && !asking.has(word));
}

function stem(word: string): string {
  if (!/\p{Script=Hangul}/u.test(word)) return word.replace(englishEndings, '');
  const noun = word.replace(koreanParticles, '');
  return noun === word ? word.replace(koreanEndings, '').replace(koreanVerbs, '') : noun;
}
