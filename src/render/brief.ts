import { isObject, type Json } from '../core/json.ts';
import { cut } from './cut.ts';

const depthMax = 3;
const itemsMax = 6;
const textCharsMax = 200;

/** A JSON value in a few words for people: `first, second`, `{locale: de}`; three levels deep, six items wide. */
export function brief(value: Json, depth = 0): string {
  if (typeof value === 'string') return cut(value, textCharsMax);
  if (value === null) return 'nothing';
  if (typeof value !== 'object') return String(value);
  if (depth >= depthMax) return '…';
  const parts = isObject(value)
    ? first(Object.entries(value)).map(([key, item]) => `${cut(key, textCharsMax)}: ${brief(item, depth + 1)}`)
    : first(value).map((item) => brief(item, depth + 1));
  const left = (isObject(value) ? Object.keys(value).length : value.length) - parts.length;
  const text = [...parts, ...(left > 0 ? [`+${left} more`] : [])].join(', ');
  if (isObject(value)) return `{${text}}`;
  return depth === 0 ? text : `[${text}]`;
}

function first<T>(items: readonly T[]): readonly T[] {
  return items.slice(0, itemsMax);
}
