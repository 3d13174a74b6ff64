import { isObject } from '../core/json.ts';

/** Levels of an object that an expression can see. */
export const depthMax = 12;

/**
 * A JSON value as CEL may see it. The library takes an object's class from its `constructor`, which an event can carry as a
 * key of its own: such objects become Maps. What lies deeper than 12 levels is null, because the library keeps a type for
 * every nesting that it has met. The value itself when nothing has to change.
 */
export function shield(value: unknown): unknown {
  return needsShield(value, 0) ? copy(value, 0) : value;
}

function needsShield(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= depthMax) return true;
  if (isObject(value)) {
    if (Object.hasOwn(value, 'constructor')) return true;
    for (const key in value) if (needsShield(value[key], depth + 1)) return true;
    return false;
  }
  return Array.isArray(value) && value.some((item) => needsShield(item, depth + 1));
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= depthMax) return null;
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
  if (!isObject(value)) return null;
  const entries = Object.entries(value).map(([key, item]) => [key, copy(item, depth + 1)] as const);
  return Object.hasOwn(value, 'constructor') ? new Map(entries) : Object.fromEntries(entries);
}
