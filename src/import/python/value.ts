import type { Scalar } from '../blueprint/raw.ts';
import { unportable } from './syntax.ts';

/** What CEL's checker knows about a value; `dyn` is anything that JSON has. */
export type CelType = 'bool' | 'string' | 'int' | 'double' | 'null' | 'dyn' | 'list' | 'map' | 'ip' | 'cidr' | 'time';

/** How tightly CEL binds the outermost operator of a text. */
export const level = { choice: 1, or: 2, and: 3, relation: 4, sum: 5, product: 6, unary: 7, member: 8 } as const;

/** A Python value as a CEL expression that yields the same, or fails where Python raises. */
export interface Value {
  readonly text: string;
  readonly level: number;
  readonly type: CelType;
  /** Texts whose evaluation may fail and that are evaluated whenever this is; empty when it cannot fail. `string:…`: it was seen to be a text. */
  readonly sure: ReadonlySet<string>;
  readonly constant?: { readonly value: Scalar };
  readonly items?: readonly Value[];
  readonly entries?: readonly (readonly [string, Value])[];
  /** Which of two values it is. */
  readonly branches?: { readonly condition: Value; readonly yes: Value; readonly no: Value };
  /** The result of `.get()`, for what comes behind it. */
  readonly lookup?: Lookup;
  /** The same where None would raise: an optional field read directly. */
  readonly strict?: Value;
  /** The opposite of a comparison, where it can be said better than with `!`. */
  readonly opposite?: { readonly text: string; readonly level: number };
}

/** `base.get(key, fallback)`; `optional` is its CEL form without the fallback. */
export interface Lookup {
  readonly base: Value;
  readonly key: string;
  readonly optional: string;
  readonly fallback: Value;
}

const nothing: ReadonlySet<string> = new Set();

/** As long as an expression may be; variables are written out wherever they are used. */
const textLengthMax = 8192;

interface Made {
  readonly operands?: readonly Value[];
  /** Its own operator may fail. */
  readonly raises?: boolean;
  readonly seen?: readonly string[];
}

/** A value from its text; it can fail when an operand can, or by itself. */
export function make(
  text: string,
  binding: number,
  type: CelType,
  { operands = [], raises = false, seen = [] }: Made = {},
): Value {
  if (text.length > textLengthMax)
    unportable(`its CEL is longer than ${textLengthMax} characters: write several policies`, 0);
  const sure = new Set(operands.flatMap((operand) => [...operand.sure]));
  if (raises || sure.size > 0) sure.add(text);
  for (const one of seen) sure.add(one);
  return { text, level: binding, type, sure: sure.size === 0 ? nothing : sure };
}

/** A literal. */
export function literal(value: Scalar): Value {
  const constant = { value };
  if (value === null) return { ...make('null', level.member, 'null'), constant };
  if (typeof value === 'string') return { ...make(quote(value), level.member, 'string'), constant };
  if (typeof value === 'boolean') return { ...make(String(value), level.member, 'bool'), constant };
  const binding = value < 0 ? level.unary : level.member;
  const whole = Number.isSafeInteger(value);
  return { ...make(String(value), binding, whole ? 'int' : 'double'), constant };
}

/** A CEL string literal: JSON's escapes are among CEL's. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** The text of an operand, in parentheses where its operator binds less than what is around it. */
export function operand(value: Value, around: number): string {
  return value.level < around ? `(${value.text})` : value.text;
}

/** Whether evaluating it cannot fail, given what was evaluated before. */
export function isTotal({ sure }: Value, before: ReadonlySet<string>): boolean {
  for (const one of sure) if (!one.startsWith('string:') && !before.has(one)) return false;
  return true;
}

/** The value where None would raise. */
export function strict(value: Value): Value {
  return value.strict ?? value;
}

/** The same value, of which the checker knows nothing; for places where both sides must be of one type. */
export function loose(value: Value): Value {
  if (value.type === 'dyn') return value;
  return make(`dyn(${value.text})`, level.member, 'dyn', { operands: [value] });
}

export function listOf(items: readonly Value[]): Value {
  const text = `[${items.map((item) => item.text).join(', ')}]`;
  return { ...make(text, level.member, 'list', { operands: items }), items };
}

export function mapOf(entries: readonly (readonly [string, Value])[]): Value {
  const text = `{${entries.map(([key, item]) => `${quote(key)}: ${item.text}`).join(', ')}}`;
  return { ...make(text, level.member, 'map', { operands: entries.map(([, item]) => item) }), entries };
}
