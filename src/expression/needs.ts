import type { ASTNode } from '@marcbachmann/cel-js';
import { get, isObject } from '../core/json.ts';
import { EventValue } from './event-value.ts';
import { callOf, children, walkOf } from './syntax.ts';

/** The keys below `event` that an expression reads whatever else it does: without one of them it has no value. */
export type Needs = readonly (readonly string[])[];

/**
 * Finds what an expression needs. A missing key is an everyday answer (an event without an address), and learning it from the
 * library costs an exception, forty times as much as looking first.
 */
export function needsOf(root: ASTNode): Needs {
  const needs: string[][] = [];
  collect(root, needs);
  return needs;
}

/** The first needed key that the event lacks, or undefined. */
export function missingKey(needs: Needs, event: EventValue): string | undefined {
  for (const keys of needs) {
    let value: unknown = event;
    for (const key of keys) {
      const next = member(value, key);
      if (next === undefined) return key;
      // What is no plain object is left to the library.
      if (next === unreadable) break;
      value = next;
    }
  }
  return undefined;
}

const unreadable = Symbol('unreadable');

function member(value: unknown, key: string): unknown {
  // The checker has seen that the event's own fields exist; they are getters of its class.
  if (value instanceof EventValue) return Reflect.get(value, key);
  if (value instanceof Map) return value.get(key);
  return isObject(value) ? get(value, key) : unreadable;
}

function collect(node: ASTNode, needs: string[][]): void {
  const keys = keysBelowEvent(node);
  if (keys !== undefined) needs.push(keys);
  else for (const child of strict(node)) collect(child, needs);
}

/** `[context, geo, city]` for `event.context.geo.city`. */
function keysBelowEvent(node: ASTNode): string[] | undefined {
  if (node.op !== '.') return undefined;
  const [left, key] = node.args;
  if (left.op === 'id') return left.args === 'event' ? [key] : undefined;
  const keys = keysBelowEvent(left);
  keys?.push(key);
  return keys;
}

/** The children that are evaluated in every case, and whose errors nothing swallows. */
function strict(node: ASTNode): readonly ASTNode[] {
  if (node.op === '&&' || node.op === '||') return [];
  if (node.op === '?:') return [node.args[0]];
  const walk = walkOf(node);
  if (walk !== undefined) return [walk.range];
  const call = callOf(node);
  if (call?.name === 'has') return [];
  // The argument of or() and orValue() is for when the receiver is empty.
  if (call?.receiver !== undefined && call.name.startsWith('or')) return [call.receiver];
  return children(node);
}
