import { about, aboutOne, accidents, openCodes, sessionParts, squeezed, substrings, wholes } from './key-words.ts';

/**
 * What a key says about its value: `secret`; `password` (may hold blanks); `line` (a header: secret to the end of its line);
 * `code` (secret, but a number like 404 is none); `state` (secret among a URL's arguments, elsewhere when it looks random);
 * `link` (a URL whose path is the secret); `plain`.
 */
export type Secrecy = 'plain' | 'secret' | 'password' | 'line' | 'code' | 'state' | 'link';

/** Decides by the name of a key. Remembers up to {@link rememberedMax} short names. */
export type KeyRule = (key: string) => Secrecy;

const rememberedMax = 10_000;
const keyLengthMax = 96;

/** `extra`: the user's own names, found as substrings ignoring case. */
export function createKeyRule(extra: readonly string[]): KeyRule {
  const own = extra.map((key) => key.toLowerCase()).filter((key) => key !== '');
  const remembered = new Map<string, Secrecy>();
  return (key) => {
    const before = remembered.get(key);
    if (before !== undefined) return before;
    const lower = key.toLowerCase();
    const secrecy = own.some((word) => lower.includes(word)) ? 'secret' : classify(key, lower);
    if (key.length <= keyLengthMax) {
      if (remembered.size >= rememberedMax) remembered.clear();
      // A slice of a long text would keep all of it in memory; these characters are on their own.
      remembered.set(Array.from(key).join(''), secrecy);
    }
    return secrecy;
  };
}

// Django's list, for names too long to look into: better one too many.
const hidden = /api|auth|token|key|secret|pass|signature|http_cookie/;
function classify(key: string, lower: string): Secrecy {
  if (key.length > keyLengthMax) return hidden.test(lower) ? 'secret' : 'plain';
  const parts = split(key);
  if (lower === 'state' || lower === 'oauth_state') return 'state';
  if (squeezed.has(parts.join(''))) return 'secret';
  const last = parts.at(-1) ?? '';
  if (last.endsWith('authorization') || last === 'cookie') return 'line';
  if (isLink(parts, last)) return 'link';
  for (let i = parts.length - 1; i >= 0; i--) {
    const word = secretWord(parts[i] ?? '');
    if (word === undefined) continue;
    if (!isAbout(parts, i, word)) return kindOf(word);
    // `token_type_secret` was decided by its last word; `secret_token_type` is about the token.
    return 'plain';
  }
  return 'plain';
}

function kindOf(word: string): Secrecy {
  if (word === 'pass' || word === 'pwd') return 'password';
  return word === 'code' ? 'code' : 'secret';
}

/** Links that are secrets themselves, and webhooks, whose path is their password. */
function isLink(parts: readonly string[], last: string): boolean {
  if (last !== 'url' && last !== 'link' && last !== 'uri' && !parts.includes('webhook')) return false;
  return parts.some((part) =>
    /^(?:webhook|recovery|reset|invitation|invite|magic|activation|verification)$/.test(part),
  );
}

/** The word that makes a part of a name a secret. */
function secretWord(part: string): string | undefined {
  if (wholes.has(part))
    return part.startsWith('code') ? 'code' : part.replace(/^pins$/, 'pin').replace(/^sessions$/, 'session');
  const found = substrings.find((word) => holds(part, word));
  if (found !== undefined) return found;
  return (part.startsWith('api') || part.endsWith('api')) && holds(part, 'api') ? 'api' : undefined;
}

function holds(part: string, word: string): boolean {
  if (!part.includes(word)) return false;
  let rest = part;
  for (const accident of accidents.get(word) ?? []) rest = rest.replaceAll(accident, ' ');
  return rest.includes(word);
}

/** True when what stands around the secret word at `i` says that the value is only about the secret, or public. */
function isAbout(parts: readonly string[], i: number, word: string): boolean {
  const after = parts.slice(i + 1);
  if (word === 'jwt') return after.length > 0;
  if (word === 'session') return after.length > 0 && !after.some((part) => sessionParts.has(part));
  if (word === 'code' && openCodes.has(parts[i - 1] ?? '')) return true;
  if (word === 'key' && parts[i - 1] === 'public') return true;
  const one = aboutOne.get(word);
  return after.some((part) => about.has(part) || (one?.has(part) ?? false));
}

const upper = (code: number): boolean => code >= 65 && code <= 90;
const lowerOrDigit = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57);

/** The parts of a name in lower case: `X-Api-Key`, `apiKey`, `API_KEY` and `APIKey` have the parts `api` and `key`. */
function split(key: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  const cut = (end: number, next: number): void => {
    if (end > start) parts.push(key.slice(start, end).toLowerCase());
    start = next;
  };
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (upper(code)) {
      const before = key.charCodeAt(i - 1);
      if (lowerOrDigit(before) || (upper(before) && isLower(key.charCodeAt(i + 1)))) cut(i, i);
    } else if (!lowerOrDigit(code) && code < 128) cut(i, i + 1);
  }
  cut(key.length, key.length);
  return parts;
}

const isLower = (code: number): boolean => code >= 97 && code <= 122;
