/**
 * Passwords and keys in the addresses of sources. Only ffmpeg, which connects, and the settings file have an address as it
 * was typed; wherever else it is shown, stored or sent, `***` stands in place of what gives access.
 */

const hidden = '***';

/** An address in a text, up to a space or a quotation mark. */
const address = /[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>]+/gi;
/** `user:password@host` without a scheme, as it is mistyped. */
const login = /(?<!\w|(?<!:)\/)[^\s"'`<>:/@]{2,}:(?!\\)[^\s"'`<>@/]+@(?=[\w[])/g;
/** Headers that give access, and a token in its usual form. */
const header =
  /\b((?:proxy-)?authorization|cookie|set-cookie|x-api-key|x-auth-token|private-token)(\s*[:=]\s*)(?:(basic|bearer|digest|token)\s+)?[^\s"',;]+/gi;
const token = /\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g;

/**
 * Parameters that say what is to be seen, and not who may see it. All others are hidden: there is no list of the names that
 * cameras and sites have for a password.
 */
const harmless = new Set(
  `v id channel ch stream subtype camera cam profile resolution width height w h size fps rate bitrate quality format
  codec type container t start end from to duration page index list lang language name file title mode transport
  real_stream unicast proto timeout latency`.split(/\s+/),
);
/** In a path, where the names of secrets have to be known. */
const pathSecret =
  /((?:pass(?:wor[dt]|wd|phrase)?|pwd|pas|token|key|secret|sign?(?:ature)?|auth|credentials?|session(?:id)?)=)[^&/;?#]+/gi;

/** The address of a source as it is shown: all of the text is one. */
export function shownAddress(text: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(text) ?? [];
  if (scheme === undefined || rest === undefined || scheme.toLowerCase() === 'file://') return text;
  const { login: who, host, path, query, fragment } = partsOf(rest);
  const shown = `${scheme}${who === undefined ? '' : `${hidden}@`}${host}`;
  return `${shown}${shownPath(path)}${shownQuery(query)}${shownQuery(fragment)}`.replace(token, hidden);
}

/** A text of any kind, with the secrets of the addresses in it hidden. */
export function withoutSecrets(text: string): string {
  if (!/:\/\/|@|eyJ|[:=]/.test(text)) return text;
  return text
    .replace(address, shownAddress)
    .replace(login, `${hidden}@`)
    .replace(header, (_, name: string, sign: string) => `${name}${sign}${hidden}`)
    .replace(token, hidden);
}

/**
 * A program's message about an address that it was given: what `withoutSecrets` hides, and every secret of the address by
 * itself, because a message may name a part of it.
 */
export function withoutSecretsOf(addresses: readonly string[], message: string): string {
  const secrets = addresses.flatMap(secretsIn).sort((a, b) => b.length - a.length);
  // A whole one first: in a text an address ends at a space or a quotation mark, which a password may have in it.
  const shown = addresses.reduce((text, whole) => text.replaceAll(whole, shownAddress(whole)), message);
  return secrets.reduce((text, secret) => text.replaceAll(secret, hidden), withoutSecrets(shown));
}

/** Shorter ones stand in any text. */
const shortest = 3;

/** Password and hidden parameters of an address, as they stand there and as they are meant, and in the pieces a wrong sign makes. */
function secretsIn(text: string): string[] {
  const rest = /^[a-z][a-z0-9+.-]*:\/\/(.*)$/is.exec(text)?.[1];
  if (rest === undefined) return [];
  const { login: who, query, fragment } = partsOf(rest);
  const password = who?.includes(':') ? who.slice(who.indexOf(':') + 1) : who;
  const values = parametersOf(query + fragment.replace('#', '&'))
    .filter(({ name, value }) => !isHarmless(name) || isNested(value))
    .map(({ value }) => value);
  const whole = [...(password === undefined ? [] : [password]), ...values];
  const pieces = whole.flatMap((secret) => [secret, decoded(secret), ...secret.split(/[@/?#:&]/)]);
  return [...new Set(pieces)].filter((piece) => piece.length >= shortest);
}

interface Parts {
  /** `user:password`, or a key alone. */
  readonly login: string | undefined;
  readonly host: string;
  readonly path: string;
  /** With its `?`. */
  readonly query: string;
  /** With its `#`. */
  readonly fragment: string;
}

/** The parts of what stands behind `://`. A password may have signs in it that belong escaped. */
function partsOf(rest: string): Parts {
  const authority = /^[^/?#]*/.exec(rest)![0];
  const escaped = /^([^@]*)%40/i.exec(authority)?.[1];
  const at = authority.lastIndexOf('@');
  const isCut = !authority.includes('@') && /^[^[\]]*:(?!\d*$)/.test(authority);
  const end = at >= 0 ? at : isCut ? Math.max(rest.lastIndexOf('@'), authority.length - 1) : -1;
  const who = end >= 0 ? rest.slice(0, end) : escaped;
  const left = end >= 0 ? rest.slice(end + 1) : rest.slice(escaped === undefined ? 0 : escaped.length + 3);
  const [, host = '', path = '', query = '', fragment = ''] = /^([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(left) ?? [];
  return { login: who, host, path, query, fragment };
}

function shownPath(path: string): string {
  const nested = /^(.*?)([a-z][a-z0-9+.-]*:\/\/.*)$/is.exec(path);
  if (nested) return nested[1] + shownAddress(nested[2]!);
  return path
    .split('/')
    .map((part) => (/:\/\/.*@/.test(decoded(part)) ? hidden : part.replace(pathSecret, `$1${hidden}`)))
    .join('/');
}

/** A query with `?`, or a fragment with `#`, which may be one as well. */
function shownQuery(query: string): string {
  if (query === '' || (query.startsWith('#') && !query.includes('='))) return query;
  return query.replace(/[^?#&;]+/g, (parameter) => {
    const { name, value } = parameterOf(parameter);
    return value === '' || (isHarmless(name) && !isNested(value)) ? parameter : `${name}=${hidden}`;
  });
}

function parametersOf(query: string): { name: string; value: string }[] {
  return query
    .split(/[?#&;]/)
    .filter((part) => part !== '')
    .map(parameterOf);
}

/** A parameter without a name is a value. */
function parameterOf(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  return at < 0 ? { name: '', value: text } : { name: text.slice(0, at), value: text.slice(at + 1) };
}

function isHarmless(name: string): boolean {
  return harmless.has(decoded(name).toLowerCase());
}

/** True if a value is an address itself, or holds parameters of its own. */
function isNested(value: string): boolean {
  return /:\/\/|[@&=]/.test(decoded(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign is one
  }
}
