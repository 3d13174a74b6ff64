import type { Json } from '../../core/json.ts';

/** What `JSON.stringify` writes for half a surrogate pair; an escaped backslash before `ud800` is text and stays. */
const lone = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/** Made once: `String.raw` takes longer than to look for it in an event. */
const loneStart = String.raw`\ud`;

/** The value as JSON on one line, fit for every reader: lone surrogates, which strict parsers refuse, are U+FFFD. */
export function jsonText(value: Json): string {
  return repairJson(JSON.stringify(value));
}

/** The same for JSON that is written already. */
export function repairJson(text: string): string {
  return text.includes(loneStart) ? text.replaceAll(lone, '$1\ufffd') : text;
}
