import { isObject, type JsonObject } from '../core/json.ts';

/** The body of an answer when it is a JSON object, whatever its content type says. */
export function jsonBody(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : undefined;
  } catch {
    // A body that only begins like JSON says nothing to us.
    return undefined;
  }
}
