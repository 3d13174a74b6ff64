import type { Json, JsonObject } from '../../core/json.ts';

/** Members of a document under construction; its keys are ours, never an event's. */
export type Members = { readonly [key: string]: Json | undefined };

/** The members that say something: neither undefined nor an empty text. */
export function members(object: Members): JsonObject {
  const out: { [key: string]: Json } = {};
  for (const key in object) {
    const value = object[key];
    if (value !== undefined && value !== '') out[key] = value;
  }
  return out;
}

/** The members that say something; undefined when none does, so that no empty object stands in a document. */
export function compact(object: Members): JsonObject | undefined {
  for (const key in object) if (object[key] !== undefined && object[key] !== '') return members(object);
  return undefined;
}
