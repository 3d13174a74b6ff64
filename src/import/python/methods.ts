import { seenText } from './compare.ts';
import { search } from './functions.ts';
import { get } from './lookup.ts';
import { isThing, type Meaning, type Surroundings, type Thing } from './scope.ts';
import { unportable } from './syntax.ts';
import { contextItem } from './things.ts';
import { chooseBool } from './truth.ts';
import { level, literal, make, operand, quote, strict, type CelType, type Value } from './value.ts';

/** A call of a method: of a text, a dictionary, or something of authentik's. */
export function callMethod(method: Thing, args: readonly Value[], at: number, surroundings: Surroundings): Meaning {
  const name = method.thing.slice('method '.length);
  const owner = method.of;
  if (owner === undefined) return unportable(`${name}() cannot be imported`, at);
  if (isThing(owner)) return ofThing(owner, name, args, at, surroundings);
  if (name === 'get') return get(owner, keyOf(args[0], at), args[1] ?? literal(null), at);
  return ofText(strict(owner), name, args, at);
}

function ofThing(owner: Thing, name: string, args: readonly Value[], at: number, surroundings: Surroundings): Meaning {
  const [first, second] = args;
  if (owner.thing === 'request.context' && name === 'get') return contextItem(keyOf(first, at), surroundings, at);
  if (owner.thing === 'created') {
    const days = 'event.at.getDayOfWeek()';
    return name === 'weekday'
      ? make(`(${days} + 6) % 7`, level.product, 'int')
      : make(`(${days} + 6) % 7 + 1`, level.sum, 'int');
  }
  if (owner.thing === 're' && first !== undefined && second !== undefined && args.length === 2) {
    if (name === 'search') return search(second, first, at, surroundings);
    const pattern = first.constant?.value;
    if (name === 'match' && typeof pattern === 'string')
      return search(second, literal(anchored(pattern)), at, surroundings);
  }
  return unportable(`${name}() cannot be imported`, at);
}

/** A pattern that is only found at the start; flags such as `(?i)` hold for the whole of it. */
function anchored(pattern: string): string {
  const flags = /^\(\?[a-z]+\)/i.exec(pattern)?.[0] ?? '';
  return String.raw`${flags}\A(?:${pattern.slice(flags.length)})`;
}

function keyOf(value: Value | undefined, at: number): string {
  const key = value?.constant?.value;
  return typeof key === 'string' ? key : unportable('a key must be written out', at);
}

/** Methods of texts that take texts, with CEL's name and what it yields. */
const textMethods: ReadonlyMap<
  string,
  { readonly cel: string; readonly type: CelType; readonly args: readonly number[] }
> = new Map([
  ['startswith', { cel: 'startsWith', type: 'bool', args: [1] }],
  ['endswith', { cel: 'endsWith', type: 'bool', args: [1] }],
  ['lower', { cel: 'lowerAscii', type: 'string', args: [0] }],
  ['upper', { cel: 'upperAscii', type: 'string', args: [0] }],
  ['strip', { cel: 'trim', type: 'string', args: [0] }],
  ['split', { cel: 'split', type: 'list', args: [1] }],
  ['find', { cel: 'indexOf', type: 'int', args: [1] }],
  ['rfind', { cel: 'lastIndexOf', type: 'int', args: [1] }],
]);

function ofText(owner: Value, name: string, args: readonly Value[], at: number): Value {
  if (owner.type !== 'string' && owner.type !== 'dyn') return unportable(`.${name}() cannot be imported`, at);
  if (name === 'join') return joined(owner, args[0], at);
  const method = textMethods.get(name);
  if (method === undefined || !method.args.includes(args.length)) {
    return unportable(`.${name}() of a text with ${args.length} values has no counterpart in CEL`, at);
  }
  const [first] = args;
  if (first?.items !== undefined && (name === 'startswith' || name === 'endswith')) {
    return first.items
      .map((item) => plain(owner, method.cel, method.type, [item], at))
      .reduceRight((rest, one) => chooseBool(one, literal(true), rest, new Set(one.sure)), literal(false));
  }
  return plain(owner, method.cel, method.type, args, at);
}

function plain(owner: Value, cel: string, type: CelType, given: readonly Value[], at: number): Value {
  const args = given.map(strict);
  if (args.some((arg) => arg.type !== 'string' && arg.type !== 'dyn')) return unportable('a text is wanted here', at);
  if (type === 'list' && args[0]?.constant?.value === '') return unportable('Python refuses to split at nothing', at);
  const operands = [owner, ...args];
  const raises = operands.some((one) => one.type === 'dyn');
  const text = `${operand(owner, level.member)}.${cel}(${args.map((arg) => arg.text).join(', ')})`;
  return make(text, level.member, type, { operands, raises, seen: operands.flatMap(seenText) });
}

/** `separator.join(list)`. */
function joined(separator: Value, list: Value | undefined, at: number): Value {
  if (list === undefined || separator.type !== 'string') return unportable('join() wants a list', at);
  const items = strict(list);
  if (items.type !== 'list' && items.type !== 'dyn') return unportable('join() wants a list', at);
  const separated = separator.constant?.value === '' ? quote('') : separator.text;
  const text = `${operand(items, level.member)}.join(${separated})`;
  return make(text, level.member, 'string', { operands: [items, separator], raises: true });
}
