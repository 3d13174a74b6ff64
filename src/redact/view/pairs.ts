import type { Identity } from './known.ts';

/** A value inside a text, with what the name before it says that it is. */
interface Pair {
  readonly start: number;
  readonly end: number;
  readonly identity: Identity;
}

// 'username': 'ada' of a Python repr, "email": "…" of JSON, username=ada of a query; the escapes of an outer text are taken off before.
const pair =
  /(?<![A-Za-z])(user_?name|userName|preferred_username|login_hint|e?mail|to_email)(?:["']\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")|=([^&\s"'<>,;]+))/dg;
const hint = /user_?name|login_hint|mail/i;

/** Names and mail addresses in a text that itself says that they are: `{'username': 'ada'}`, `?login_hint=ada`. */
export function pairsIn(text: string): readonly Pair[] {
  if (!hint.test(text)) return none;
  const found: Pair[] = [];
  for (const { 1: key = '', indices } of text.matchAll(pair)) {
    const place = indices?.[2] ?? indices?.[3] ?? indices?.[4];
    if (place === undefined || place[0] === place[1]) continue;
    found.push({ start: place[0], end: place[1], identity: key.includes('mail') ? 'mail' : 'name' });
  }
  return found;
}

const none: readonly Pair[] = [];
