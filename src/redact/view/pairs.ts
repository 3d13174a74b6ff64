import type { Place } from './known.ts';

// 'username': 'ada' of a Python repr, "email": "…" of JSON, username=ada of a query; the escapes of an outer text are taken off before.
const pair =
  /(?<![A-Za-z])(user_?name|userName|preferred_username|login_hint|e?mail|to_email)(?:["']\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")|=([^&\s"'<>,;]+))/dg;
const hint = /[nN]ame|mail|hint/;

/** False for most texts: nothing in them is such a name. */
export function mayHoldPair(text: string): boolean {
  return hint.test(text);
}

/** Names and mail addresses in a text that itself says that they are: `{'username': 'ada'}`, `?login_hint=ada`. */
export function pairsIn(text: string): readonly Place[] {
  const found: Place[] = [];
  for (const { 1: key = '', indices } of text.matchAll(pair)) {
    const place = indices?.[2] ?? indices?.[3] ?? indices?.[4];
    if (place === undefined || place[0] === place[1]) continue;
    found.push({ start: place[0], end: place[1], identity: key.includes('mail') ? 'mail' : 'name' });
  }
  return found;
}
