import { createHash } from 'node:crypto';
import type { SafeEvent } from '../../core/event.ts';
import { get, isObject, type Json } from '../../core/json.ts';
import { shortValue } from '../../core/short-value.ts';
import { compileExpression, type Scope } from '../../expression/expression.ts';
import type { Memory } from './memory.ts';
import { listIn, textIn } from './stored.ts';

/** One thing that events are told apart by. */
export interface KeyPart {
  /** As the user wrote it, without `event.`: `user.username`. */
  readonly name: string;
  /** Undefined when the event has no such thing. */
  read(scope: Scope): string | undefined;
}

/** What an event counts under. */
export interface Key {
  /** The parts' values in their order. */
  readonly values: readonly string[];
  /** The same as one text; {@link valuesOf} reads it. */
  readonly text: string;
}

/** What events are told apart by. */
export interface By {
  readonly parts: readonly KeyPart[];
  /** The key of an event, or undefined when it lacks one of the parts: it then counts under none. */
  keyOf(scope: Scope): Key | undefined;
}

/** Everything of one event as one. */
export const all: By = { parts: [], keyOf: () => ({ values: [], text: '[]' }) };

/**
 * Compiles what events are told apart by, for one set of rules: those that ask for the same read the same event one after the other, so a
 * value or a key is made once for all of them. What is wrong goes to `problem`, of a list with the place in it.
 */
export interface KeyCompiler {
  /** One expression like `event.client_ip`; undefined when it is none. */
  part(source: string, problem: (message: string) => void): KeyPart | undefined;
  by(sources: readonly string[], problem: (index: number, message: string) => void): By;
}

export function createKeyCompiler(): KeyCompiler {
  const parts = new Map<string, KeyPart>();
  const lists = new Map<string, By>();
  return { part, by };

  function part(source: string, problem: (message: string) => void): KeyPart | undefined {
    const found = parts.get(source) ?? compilePart(source, problem);
    if (found !== undefined) parts.set(source, found);
    return found;
  }

  function by(sources: readonly string[], problem: (index: number, message: string) => void): By {
    const name = JSON.stringify(sources);
    const known = lists.get(name);
    if (known !== undefined) return known;
    const found = sources.map((source, index) => part(source, (message) => problem(index, message)));
    const right = found.filter((one) => one !== undefined);
    const compiled = { parts: right, keyOf: oncePerScope((scope) => keyOf(right, scope)) };
    // What is wrong is a problem wherever it stands.
    if (right.length === sources.length) lists.set(name, compiled);
    return compiled;
  }
}

function oncePerScope<T>(read: (scope: Scope) => T): (scope: Scope) => T {
  let last: { readonly scope: Scope; readonly value: T } | undefined;
  return (scope) => {
    if (last?.scope !== scope) last = { scope, value: read(scope) };
    return last.value;
  };
}

function compilePart(source: string, problem: (message: string) => void): KeyPart | undefined {
  const compiled = compileExpression(source, 'any');
  if (!compiled.ok) {
    problem(compiled.message + (compiled.offset === undefined ? '' : ` (at character ${compiled.offset + 1})`));
    return undefined;
  }
  const name = source.trim().replace(/^event\./, '');
  const path = /^event(?:\.[A-Za-z_][0-9A-Za-z_]*)+$/.test(source.trim()) ? name.split('.') : undefined;
  // Nearly all are plain paths, and walking one costs a tenth of an expression.
  if (path !== undefined && path[0] !== 'at') {
    return { name, read: oncePerScope(({ event }) => textOf(walk(event, path))) };
  }
  const read = oncePerScope((scope) => {
    const result = compiled.evaluate(scope);
    return result.ok ? textOf(result.value) : undefined;
  });
  return { name, read };
}

function walk(event: SafeEvent, path: readonly string[]): unknown {
  let value: unknown = event;
  for (const key of path) value = isObject(value) ? get(value, key) : undefined;
  return value;
}

function keyOf(parts: readonly KeyPart[], scope: Scope): Key | undefined {
  const values: string[] = [];
  for (const part of parts) {
    const value = part.read(scope);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { values, text: JSON.stringify(values) };
}

/** The values of a key's text. */
export function valuesOf(text: string): readonly string[] {
  const values: Json = JSON.parse(text);
  return listIn(values).map(textIn);
}

/** What a memory has for this event's key; undefined also for an event without one. */
export function recall<T extends Json>(memory: Memory<T>, by: By, scope: Scope): T | undefined {
  const key = by.keyOf(scope);
  return key === undefined ? undefined : memory.get(key.text);
}

/** Empty texts and null say that there is nothing. A long text is told apart by its hash, so that keys stay short. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = shortValue(text);
  if (short === text || !short.endsWith('…')) return short;
  return `${short}${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
