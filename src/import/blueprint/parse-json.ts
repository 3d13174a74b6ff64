import type { Place } from '../findings.ts';
import { refuse } from './refusal.ts';
import type { Resolved } from './resolved.ts';

/** The value of `!ParseJSON`. Refuses what is no JSON, at its place. */
export function parseJson(text: string, at: Place): Resolved {
  try {
    const parsed: unknown = JSON.parse(text);
    return fromJson(parsed, at);
  } catch (error) {
    if (error instanceof SyntaxError) return refuse('!ParseJSON: not valid JSON', at);
    throw error;
  }
}

function fromJson(json: unknown, at: Place): Resolved {
  if (Array.isArray(json)) return { kind: 'list', items: json.map((item) => fromJson(item, at)), at };
  if (typeof json === 'object' && json !== null) {
    return { kind: 'map', entries: new Map(Object.entries(json).map(([key, item]) => [key, fromJson(item, at)])), at };
  }
  const scalar = typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean' ? json : null;
  return { kind: 'value', value: scalar, at };
}
