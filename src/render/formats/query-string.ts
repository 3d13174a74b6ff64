import type { Json, JsonObject } from '../../core/json.ts';

/** The arguments of a request as a query string, in their order; undefined for none. */
export function queryString(args: JsonObject | undefined): string | undefined {
  if (args === undefined) return undefined;
  const pairs = Object.entries(args).map(([key, value]) => `${encode(key)}=${encode(plain(value))}`);
  return pairs.length === 0 ? undefined : pairs.join('&');
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}
