/**
 * Why something was taken out: a closed set, fit for a metric label. `key` went because of its key's name, `pattern` because
 * of a pattern of the configuration, all others because of what they are.
 */
export const kinds = [
  'key',
  'query', // an argument of a URL: state, code, token …
  'url', // user information, a webhook's or recovery link's path
  'jwt',
  'authorization', // Bearer and Basic credentials
  'api_key', // a well-known shape: AKIA…, ghp_…, xoxb-…
  'private_key',
  'password_hash',
  'saml', // an assertion or the response around it, as XML or Base64
  'card', // a card number
  'code', // a one-time code in prose
  'literal', // a string literal of an expression's source code
  'locals', // the local variables of a stack frame
  'email_body',
  'username', // a name that no user has: often a password typed into the wrong field
  'depth', // nested deeper than anything authentik writes
  'length', // the rest of a text that is too long to look through
  'pattern',
] as const;
export type Kind = (typeof kinds)[number];

const marks: ReadonlyMap<Kind, string> = new Map(kinds.map((kind) => [kind, `[redacted:${kind}]`]));
const known: ReadonlySet<string> = new Set(marks.values());
const opening = '[redacted:';
/** By the character behind the opening: few kinds begin alike. */
const byFirst: readonly (readonly string[])[] = Array.from({ length: 128 }, (_, code) =>
  [...known].filter((mark) => mark.charCodeAt(opening.length) === code),
);

/** What stands in a secret's place: `[redacted:jwt]`. */
export function mark(kind: Kind): string {
  return marks.get(kind) ?? '[redacted]';
}

/** The end of the mark that starts at `at`, or `at` when none does: marks are never looked into, so redacting twice changes nothing. */
export function skipMark(text: string, at: number): number {
  if (text.charCodeAt(at) !== 91 || text.charCodeAt(at + 1) !== 114) return at;
  for (const one of byFirst[text.charCodeAt(at + opening.length)] ?? []) {
    if (text.startsWith(one, at)) return at + one.length;
  }
  return at;
}

/** True for text that holds no secret any more: nothing, one of our marks, or authentik's own asterisks. */
export function isMasked(text: string, start = 0, end = text.length): boolean {
  if (start >= end || skipMark(text, start) === end) return true;
  for (let i = start; i < end; i++) if (text.charCodeAt(i) !== 42) return false;
  return true;
}

/** The text with a blank for each mark, so that `[redacted:api_key]` names no key. */
export function withoutMarks(text: string): string {
  if (!text.includes('[redacted:')) return text;
  let out = text;
  for (const one of known) out = out.replaceAll(one, ' ');
  return out;
}
