import { createHash } from 'node:crypto';
import type { SafeEvent } from '../../core/event.ts';
import { get, isObject, type Json } from '../../core/json.ts';
import { compileExpression, type Scope } from '../../expression/expression.ts';
import type { Memory } from './memory.ts';

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

const valueLengthMax = 128;

/** Everything of one event as one. */
export const all: By = { parts: [], keyOf: () => ({ values: [], text: '[]' }) };

/** Compiles lists of expressions like `event.client_ip`; what is wrong with one goes to `problem` with its place in the list. */
export type CompileBy = (sources: readonly string[], problem: (index: number, message: string) => void) => By;

/** One for a set of rules: those with the same list read the same event one after the other, so the key is made once for all of them. */
export function createCompileBy(): CompileBy {
  const known = new Map<string, By>();
  return (sources, problem) => {
    const name = JSON.stringify(sources);
    const found = known.get(name);
    if (found !== undefined) return found;
    let right = true;
    const parts = sources.flatMap((source, index) => {
      const part = compilePart(source, (message) => {
        right = false;
        problem(index, message);
      });
      return part === undefined ? [] : [part];
    });
    const by = byOf(parts);
    // What is wrong is a problem wherever it stands.
    if (right) known.set(name, by);
    return by;
  };
}

function byOf(parts: readonly KeyPart[]): By {
  let last: { readonly scope: Scope; readonly key: Key | undefined } | undefined;
  return {
    parts,
    keyOf: (scope) => {
      if (last?.scope !== scope) last = { scope, key: keyOf(parts, scope) };
      return last.key;
    },
  };
}

/** Compiles one expression whose value tells events apart. */
export function compilePart(source: string, problem: (message: string) => void): KeyPart | undefined {
  const compiled = compileExpression(source, 'any');
  if (!compiled.ok) {
    problem(compiled.message + (compiled.offset === undefined ? '' : ` (at character ${compiled.offset + 1})`));
    return undefined;
  }
  const name = source.trim().replace(/^event\./, '');
  const path = /^event(?:\.[A-Za-z_][0-9A-Za-z_]*)+$/.test(source.trim()) ? name.split('.') : undefined;
  return {
    name,
    read: (scope) => {
      // Nearly all are plain paths, and walking one costs a tenth of an expression.
      if (path !== undefined && path[0] !== 'at') return textOf(walk(scope.event, path));
      const result = compiled.evaluate(scope);
      return result.ok ? textOf(result.value) : undefined;
    },
  };
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
  return Array.isArray(values) ? values.map(String) : [];
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
  if (text.length <= valueLengthMax) return text;
  return `${text.slice(0, valueLengthMax - 20)}…${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
