import { isThing, type Meaning, type Scope } from './scope.ts';
import { unportable, type Expression } from './syntax.ts';
import { level, literal, loose, make, operand, type Value } from './value.ts';

/** A value that was seen to be a text before is one. */
export function known(value: Value, { before }: Scope): Value {
  return value.type === 'dyn' && before.has(`string:${value.text}`) ? { ...value, type: 'string' } : value;
}

/** `left operator right` of numbers, texts or lists; what Python has no operator for is refused. */
export function calculated(left: Value, operator: string, right: Value, binding: number, at: number): Value {
  const types = [left.type, right.type];
  const allowed = operator === '+' ? ['string', 'int', 'double', 'dyn', 'list'] : ['int', 'double', 'dyn'];
  if (!types.every((type) => allowed.includes(type))) return unportable(`${operator} of these cannot be imported`, at);
  const numbers = types.every((type) => type === 'int' || type === 'double');
  const [same, dynamic] = [left.type === right.type, types.includes('dyn')];
  if (!numbers && !same && !dynamic) return unportable(`Python has no ${operator} for these`, at);
  const text = `${operand(left, binding)} ${operator} ${operand(right, binding + 1)}`;
  const type = types.includes('string') ? 'string' : dynamic ? 'dyn' : same ? left.type : 'double';
  const seen = types.includes('string')
    ? [left, right].filter((one) => one.type === 'dyn').map((one) => `string:${one.text}`)
    : [];
  return make(text, binding, type, { operands: [left, right], raises: dynamic, seen });
}

/** `-value`. */
export function minus(value: Value, at: number): Value {
  const constant = value.constant?.value;
  if (typeof constant === 'number') return literal(-constant);
  if (!['int', 'double', 'dyn'].includes(value.type)) return unportable('only a number can be negative', at);
  return make(`-${operand(value, level.unary)}`, level.unary, value.type, {
    operands: [value],
    raises: value.type === 'dyn',
  });
}

const celTypes: ReadonlyMap<string, string> = new Map([
  ['str', 'string'],
  ['bool', 'bool'],
  ['dict', 'map'],
  ['list', 'list'],
]);

/** `isinstance(value, type)`. */
export function isInstance(value: Value, type: Expression | undefined, at: number): Value {
  const name = type?.kind === 'name' ? celTypes.get(type.name) : undefined;
  if (name === undefined) return unportable('isinstance() knows str, bool, dict and list', at);
  return make(`type(${loose(value).text}) == ${name}`, level.relation, 'bool', { operands: [value] });
}

/** What is known of a comparison with something of authentik's: it is there, and it is in the context. */
export function withThing(left: Meaning, operator: string, right: Meaning): boolean | undefined {
  if (isThing(right)) {
    if (right.thing !== 'request.context' || isThing(left)) return undefined;
    const key = left.constant?.value;
    if (key !== 'event' && key !== 'notification') return undefined;
    return operator === 'in' ? true : operator === 'not in' ? false : undefined;
  }
  if (!isThing(left) || right.constant?.value !== null) return undefined;
  if (operator === 'is' || operator === '==') return false;
  return operator === 'is not' || operator === '!=' ? true : undefined;
}
