import { gunzipSync } from 'node:zlib';
import type { ReceivedRequest } from './http.ts';

/** The body as text: gunzipped if its header says so, and UTF-8; undefined when it is not what it says. */
export function bodyText({ headers, body }: ReceivedRequest): string | undefined {
  const encoding = headers['content-encoding'];
  try {
    const bytes = encoding === undefined ? body : encoding === 'gzip' ? gunzipSync(body) : undefined;
    return bytes === undefined ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A JSON text as strict readers take it, which half a surrogate pair is not part of; undefined when it is none. */
export function strictJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value).isWellFormed() && !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value))
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}
