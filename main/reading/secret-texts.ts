/**
 * Secrets in what was read from a screen: passwords, keys, tokens, numbers of cards and accounts, one-time codes. They are
 * replaced by `***` before anybody is given the lines. What merely looks like one stays: text is read to be used.
 */

const hidden = '***';

/** Tokens that say what they are: GitHub, GitLab, Slack, Google, AWS, Stripe, OpenAI and others, npm, PyPI, SendGrid, JWT. */
const tokens =
  /(?<![\w-])(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeposr]-[\w-]{10,}|xapp-[\w-]{10,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|(?:sk|rk|pk)_(?:live|test)_\w{16,}|whsec_\w{16,}|sk-[\w-]{20,}|npm_\w{30,}|pypi-[\w-]{20,}|hf_\w{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|shpat_\w{20,}|dop_v1_\w{30,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)/g;
/** The value of a header that gives access. */
const header = /\b((?:bearer|basic)\s+)[\w.~+/=-]{12,}/gi;
/** A password in an address. */
const login = /(:\/\/)[^\s:/@]{1,200}:[^\s@/]{1,200}@/g;
/** What people and forms call a secret, before its value. */
const label = asRead(
  '(?:pass(?:word|phrase|code|wd)?|pwd|pin|secret|(?:api|access|secret|private|licen[cs]e|recovery|encryption)[ _-]?key|(?:access|auth|api|refresh|bot|id)[ _-]?token|token|cvv2?|cvc2?|비밀번호|암호|인증 ?키|パスワード|暗証番号|密码|密碼|口令)',
);
/** `Password: hunter2`, `DB_PASSWORD=hunter2`: the value is one word and ends the line. */
const labelled = new RegExp(
  `((?<![\\p{L}\\d])(?:[\\p{L}\\d]{1,40}[_. -]){0,6}${label}[\\p{L}\\d_"']{0,30}\\s{0,4}[:：=]\\s{0,4})(\\S{3,})(?=\\s*$|\\s*[;,&])`,
  'iu',
);
/** `Password: hunter2 Remember me`: what follows is of another field, and the value has letters and digits. */
const labelledAmong = new RegExp(
  `((?<![\\p{L}\\d])${label}\\s{0,4}[:：=]\\s{0,4})(?=\\S*\\d)(?=\\S*\\p{L})(\\S{6,})(?=\\s)`,
  'iu',
);
/** `the password is hunter2`: the value has a digit. */
const told = new RegExp(`((?<![\\p{L}\\d])${label}\\s?(?:is|was|은|는|は|是)\\s{1,4})(?=\\S*\\d)(\\S{4,})`, 'iu');
/** A label that stands alone, above its value. */
const lonely = new RegExp(`^\\W{0,4}(?:[\\p{L}]{1,20} ){0,2}${label}\\s*[:：]?\\s*$`, 'iu');
/** A value and no word: six characters or more without a space, with a digit and a letter or a sign. */
const unspeakable = /^(?=\S*\d)(?=\S*[\p{L}!-/:-@[-`{-~])\S{6,128}$/u;
/** Codes for one login: the number behind or before what names it. */
const codeName = asRead(
  '(?:(?:verification|security|login|log-in|sign-in|one-time|confirmation|authentication|access|2fa|otp|your) ?(?:code|password|pin)|otp|인증 ?번호|인증 ?코드|認証コード|確認コード|验证码|驗證碼)',
);
const codeBehind = new RegExp(
  `(${codeName}[^\\d\\n]{0,14}?)(?:[A-Z]-)?(?:\\d{3}[ -]\\d{3,4}|\\d{4,8})(?![\\d:/-]|\\.\\d)`,
  'giu',
);
const codeBefore = new RegExp(
  `(?<![\\d.:/-])(?:[A-Z]-)?(?:\\d{3}[ -]\\d{3}|\\d{4,8})(\\s+(?:is|은|는)\\s+(?:your|the)?[\\p{L} ]{0,20}${codeName})`,
  'giu',
);
/** Cards begin with 2 to 6 and end in a digit that checks the others (ISO/IEC 7812-1). */
const card = /(?<![\d.,-])[2-6](?:[ -]?\d){12,18}(?![\d.]|-\d)/g;
/** Accounts check, too (ISO 13616). */
const account = /(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)/g;
const keyBegins = /--\s{0,4}BEGIN[A-Z ]{0,40}PRIVATE ?KEY/i;
const keyEnds = /--\s{0,4}END[A-Z ]{0,40}KEY/i;
/** A line of a key: base64, perhaps with a space that is none. */
const keyLine = /^[A-Za-z0-9+/= ]{20,}$|^[A-Za-z0-9+/]{1,80}={0,2}$/;

/** The same lines, in reading order, without the secrets in them. */
export function withoutSecretTexts(lines: readonly string[]): string[] {
  let inKey = false;
  return lines.map((line, i) => {
    if (keyBegins.test(line)) {
      inKey = !keyEnds.test(line);
      return hidden;
    }
    if (inKey) {
      const ends = keyEnds.test(line);
      inKey = !ends && keyLine.test(line.trim());
      if (inKey || ends) return hidden;
    }
    if (i > 0 && lonely.test(lines[i - 1]!) && unspeakable.test(line.trim())) return hidden;
    return withoutSecretsInLine(line);
  });
}

function withoutSecretsInLine(line: string): string {
  return line
    .replace(tokens, hidden)
    .replace(header, `$1${hidden}`)
    .replace(login, `$1${hidden}@`)
    .replace(labelled, (whole, before: string, value: string) => (isNoValue(value) ? whole : `${before}${hidden}`))
    .replace(labelledAmong, (whole, before: string, value: string) => (isNoValue(value) ? whole : `${before}${hidden}`))
    .replace(told, `$1${hidden}`)
    .replace(codeBehind, `$1${hidden}`)
    .replace(codeBefore, `${hidden}$1`)
    .replace(card, withoutCard)
    .replace(account, (text) => (checksAsAccount(text) ? hidden : text));
}

/** Dots in place of a password, names of types and places, and what was hidden already. */
function isNoValue(value: string): boolean {
  return /^[•●*.·]+$|^(?:string|str|null|undefined|none|true|false|required|optional|changed|wrong|invalid|incorrect|expired)\W*$|^<.*>$|^\$\{?\w+\}?$|^process\.env|^os\.environ|^https?:/i.test(
    value,
  );
}

/** The pattern, also where its letters were taken for digits that look alike. */
function asRead(pattern: string): string {
  return pattern.replaceAll('o', '[o0]').replaceAll(/[il]/g, '[il1|]');
}

/** Hides a card at the beginning of some digits: the month in which it ends may follow. */
function withoutCard(digits: string): string {
  const ends = [digits.length, ...[...digits.matchAll(/[ -]/g)].map(({ index }) => index).reverse()];
  const end = ends.find(
    (at) => digits.slice(0, at).replaceAll(/\D/g, '').length >= 13 && checksAsCard(digits.slice(0, at)),
  );
  return end === undefined ? digits : `${hidden}${digits.slice(end)}`;
}

/** The algorithm of Luhn. */
function checksAsCard(text: string): boolean {
  const digits = [...text.replaceAll(/\D/g, '')].reverse().map(Number);
  const sum = digits.reduce((total, digit, i) => total + (i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0);
  return sum % 10 === 0 && new Set(digits).size > 1;
}

/** The number, letters as 10 to 35 and the first four characters last, leaves 1 when divided by 97. */
function checksAsAccount(text: string): boolean {
  const plain = text.replaceAll(' ', '');
  const turned = plain.slice(4) + plain.slice(0, 4);
  const digits = turned.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return plain.length >= 15 && [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}
