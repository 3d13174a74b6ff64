import type { ASTNode } from '@marcbachmann/cel-js';
import type { SafeEvent } from '../core/event.ts';
import { get, isObject } from '../core/json.ts';
import { depthMax } from './shield.ts';
import { callOf, literalText } from './syntax.ts';

/** The value of an expression where that is plain to see; undefined where the library has to say, errors included. */
export type Quick = (event: SafeEvent) => boolean | undefined;

/**
 * Compiles comparisons of the event's texts with literals, joined by and, or, not. Nearly all that rules ask is of this form, and the library
 * takes twenty times as long for it. Undefined for an expression without any such part.
 */
export function quickOf(node: ASTNode): Quick | undefined {
  switch (node.op) {
    case '&&':
      return joined(node.args, false);
    case '||':
      return joined(node.args, true);
    case '!_':
      return negated(quickOf(node.args));
    case '==':
      return equal(node.args);
    case '!=':
      return negated(equal(node.args));
    case 'in':
      return among(node.args);
    default:
      return method(node);
  }
}

/** One side with the deciding value decides, also when the other one fails: as CEL has it. */
function joined([left, right]: readonly [ASTNode, ASTNode], decisive: boolean): Quick | undefined {
  const one = quickOf(left) ?? unknown;
  const other = quickOf(right) ?? unknown;
  if (one === unknown && other === unknown) return undefined;
  return (event) => {
    const first = one(event);
    if (first === decisive) return decisive;
    const second = other(event);
    if (second === decisive) return decisive;
    return first === undefined ? undefined : second;
  };
}

const unknown: Quick = () => undefined;

function negated(quick: Quick | undefined): Quick | undefined {
  if (quick === undefined) return undefined;
  return (event) => {
    const value = quick(event);
    return value === undefined ? undefined : !value;
  };
}

function equal([left, right]: readonly [ASTNode, ASTNode]): Quick | undefined {
  const wanted = literalText(right) ?? literalText(left);
  return wanted === undefined
    ? undefined
    : tested(literalText(right) === undefined ? right : left, (text) => text === wanted);
}

function among([left, right]: readonly [ASTNode, ASTNode]): Quick | undefined {
  const items = right.op === 'list' ? right.args.map(literalText) : [undefined];
  if (items.includes(undefined)) return undefined;
  const wanted = new Set(items);
  return tested(left, (text) => wanted.has(text));
}

function method(node: ASTNode): Quick | undefined {
  const call = callOf(node);
  const wanted = literalText(call?.args[0]);
  if (call?.receiver === undefined || wanted === undefined || call.args.length !== 1) return undefined;
  switch (call.name) {
    case 'startsWith':
      return tested(call.receiver, (text) => text.startsWith(wanted));
    case 'endsWith':
      return tested(call.receiver, (text) => text.endsWith(wanted));
    case 'contains':
      return tested(call.receiver, (text) => text.includes(wanted));
    default:
      return undefined;
  }
}

/** Tests the text that a chain like `event.user.username` reads; what is not there or no text is left to the library. */
function tested(node: ASTNode, test: (text: string) => boolean): Quick | undefined {
  const keys = keysBelowEvent(node);
  if (keys === undefined || keys.length > depthMax) return undefined;
  return (event) => {
    let value: unknown = event;
    for (const key of keys) value = isObject(value) ? get(value, key) : undefined;
    return typeof value === 'string' ? test(value) : undefined;
  };
}

/** `[context, geo, city]` for `event.context.geo["city"]`. */
function keysBelowEvent(node: ASTNode): readonly string[] | undefined {
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [left, right] = node.args;
  const key = typeof right === 'string' ? right : literalText(right);
  if (key === undefined) return undefined;
  if (left.op === 'id') return left.args === 'event' ? [key] : undefined;
  const keys = keysBelowEvent(left);
  return keys === undefined ? undefined : [...keys, key];
}
