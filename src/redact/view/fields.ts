import { get, isObject, type Json, type JsonObject } from '../../core/json.ts';
import { hiddenMark } from '../../core/stand-in.ts';

type Path = readonly string[];

/** The texts, numbers and answers at a path and below it, in lists too. */
export function eachText(value: Json | undefined, path: Path, visit: (text: string) => void): void {
  const [key, ...rest] = path;
  if (Array.isArray(value)) for (const item of value as readonly Json[]) eachText(item, path, visit);
  else if (isObject(value)) {
    if (key !== undefined) eachText(get(value, key), rest, visit);
    else for (const item of Object.values(value)) eachText(item, path, visit);
  } else if (key === undefined && isValue(value)) visit(String(value));
}

function isValue(value: Json | undefined): value is string | number | boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

/** A context with the texts, numbers and answers at some paths replaced, in lists too. What stands at their ends and holds more is hidden. */
export function replaceFields(
  context: JsonObject,
  paths: readonly Path[],
  standIn: (value: string) => string | undefined,
): JsonObject {
  return paths.reduce((value, path) => {
    const replaced = replacedAt(value, path, standIn);
    return isObject(replaced) ? replaced : value;
  }, context);
}

function replacedAt(value: Json, path: Path, standIn: (value: string) => string | undefined): Json {
  if (Array.isArray(value)) return value.map((item: Json) => replacedAt(item, path, standIn));
  const [key, ...rest] = path;
  if (key !== undefined) {
    const item = isObject(value) ? get(value, key) : undefined;
    return isObject(value) && item !== undefined ? { ...value, [key]: replacedAt(item, rest, standIn) } : value;
  }
  if (isValue(value)) return standIn(String(value)) ?? value;
  return isObject(value) ? hiddenMark : value;
}
