import type { Json, JsonObject } from '../core/json.ts';

const depthMax = 64;

/** A JSON value as Python's `repr` writes it, which is how authentik puts a context into words: `{'a': True, 'b': None}`. */
export function pythonRepr(value: Json, depth = 0): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return reprNumber(value);
  if (typeof value === 'string') return reprText(value);
  if (depth >= depthMax) return '...';
  if (isList(value)) return `[${value.map((item) => pythonRepr(item, depth + 1)).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${reprText(key)}: ${pythonRepr(item, depth + 1)}`);
  return `{${entries.join(', ')}}`;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

/** JSON does not tell `1.0` from `1`: whole numbers are taken for integers, as long as their digits are their own. */
function reprNumber(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  if (Number.isInteger(value) && !text.includes('e')) return text;
  const [digits = '', exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  // Python's shortest form switches to an exponent below 1e-4 and from 1e16 on, with two digits of it at least.
  if (power >= -4 && power < 16) return text.includes('e') ? value.toFixed(-power + digits.length - 2) : text;
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** What Python does not count as printable: every separator but the blank, and the category Other. */
const unprintable = /[^\P{Z} ]|\p{C}/gu;

const short: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(unprintable, (char) => short.get(char) ?? escape(char));
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

function escape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
