import { get, isObject, type Json, type JsonObject } from '../../core/json.ts';
import { hiddenMark } from '../../core/stand-in.ts';

type Path = readonly string[];

/** The texts and numbers at a path, in lists too. */
export function eachText(value: Json | undefined, path: Path, visit: (text: string) => void): void {
  const [key, ...rest] = path;
  if (Array.isArray(value)) for (const item of value as readonly Json[]) eachText(item, path, visit);
  else if (key !== undefined) eachText(isObject(value) ? get(value, key) : undefined, rest, visit);
  else if (typeof value === 'string') visit(value);
  else if (typeof value === 'number') visit(String(value));
}

/** A context with the texts and numbers at some paths replaced, in lists too. What stands at their ends and holds more is hidden. */
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
  if (typeof value === 'string' || typeof value === 'number') return standIn(String(value)) ?? value;
  return isObject(value) ? hiddenMark : value;
}
