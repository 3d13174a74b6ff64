import type { Json, JsonObject } from '../../core/json.ts';

/** An object with other values below the same keys; the same one when all values stay. */
export function mapEntries(value: JsonObject, map: (key: string, item: Json) => Json): JsonObject {
  let out: { [key: string]: Json } | undefined;
  for (const key in value) {
    const item = value[key] ?? null;
    const mapped = map(key, item);
    // The copy has the key already, so that this sets even `__proto__` as data.
    if (mapped !== item) (out ??= { ...value })[key] = mapped;
  }
  return out ?? value;
}

/** The same for a list. */
export function mapList(list: readonly Json[], map: (item: Json) => Json): readonly Json[] {
  let out: Json[] | undefined;
  for (const [at, item] of list.entries()) {
    const mapped = map(item);
    if (mapped !== item) (out ??= list.slice())[at] = mapped;
  }
  return out ?? list;
}

/** An object with some of its keys; the same one when all stay. */
export function onlyKeys(value: JsonObject, stays: (key: string) => boolean): JsonObject {
  if (Object.keys(value).every(stays)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => stays(key)));
}
