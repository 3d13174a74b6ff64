import { unportable } from './syntax.ts';
import { negated } from './truth.ts';
import { level, literal, loose, make, operand, strict, type Value } from './value.ts';

/** One Python comparison as a CEL bool. */
export function compare(left: Value, operator: string, right: Value, at: number): Value {
  switch (operator) {
    case '==':
    case 'is':
      return equal(left, right);
    case '!=':
    case '<>':
    case 'is not':
      return negated(equal(left, right));
    case 'in':
      return contained(left, right, at);
    case 'not in':
      return negated(contained(left, right, at));
    default:
      return ordered(left, operator, right, at);
  }
}

function equal(a: Value, b: Value): Value {
  const [left, right] = [textual(a, b), textual(b, a)];
  const operands = [left, right];
  if (left.type !== right.type && left.type !== 'dyn' && right.type !== 'dyn' && !(isNumber(left) && isNumber(right))) {
    const never = literal(false);
    return left.sure.size + right.sure.size === 0 ? never : comparison(loose(left), '==', right, [loose(left), right]);
  }
  return comparison(isNumber(left) && left.type !== right.type ? loose(left) : left, '==', right, operands);
}

/** An optional text, compared with one that is not empty: missing is as unequal as empty. */
function textual(value: Value, other: Value): Value {
  const missing = value.lookup?.fallback.constant?.value === null && value.strict?.type === 'string';
  const word = other.constant?.value;
  if (!missing || typeof word !== 'string' || word === '') return value;
  return make(`${value.lookup?.optional ?? ''}.orValue("")`, level.member, 'string', { operands: [value] });
}

function comparison(left: Value, operator: string, right: Value, operands: readonly Value[], raises = false): Value {
  const [a, b] = [operand(left, level.sum), operand(right, level.sum)];
  const made = make(`${a} ${operator} ${b}`, level.relation, 'bool', { operands, raises });
  return operator === '==' ? { ...made, opposite: { text: `${a} != ${b}`, level: level.relation } } : made;
}

function isNumber({ type }: Value): boolean {
  return type === 'int' || type === 'double';
}

function ordered(a: Value, operator: string, b: Value, at: number): Value {
  const [left, right] = [strict(a), strict(b)];
  const both = (type: (value: Value) => boolean): boolean =>
    [left, right].every((one) => one.type === 'dyn' || type(one));
  if (!both(isNumber) && !both(({ type }) => type === 'string'))
    unportable(`these cannot be compared with ${operator}`, at);
  const raises = left.type === 'dyn' || right.type === 'dyn';
  const first = isNumber(left) && isNumber(right) && left.type !== right.type ? loose(left) : left;
  return comparison(first, operator, right, [left, right], raises);
}

/** Python's `in`, which looks for a part of a text, an item of a list, a key of a dictionary or an address of a network. */
function contained(left: Value, container: Value, at: number): Value {
  const right = strict(container);
  const operands = [left, right];
  switch (right.type) {
    case 'cidr':
      if (left.type !== 'ip') return unportable('only ip_address(…) is in a network', at);
      return make(`${right.text}.containsIP(${left.text})`, level.member, 'bool', { operands });
    case 'string': {
      const part = strict(left);
      if (part.type !== 'string' && part.type !== 'dyn') return unportable('only a text can be in a text', at);
      const made = { operands: [part, right], raises: part.type === 'dyn', seen: seenText(part) };
      return make(`${operand(right, level.member)}.contains(${part.text})`, level.member, 'bool', made);
    }
    case 'list':
    case 'map':
      if (right.items?.length === 0)
        return left.sure.size === 0 ? literal(false) : comparison(left, 'in', right, operands);
      return comparison(among(left, right), 'in', right, operands);
    case 'dyn': {
      if (left.type !== 'string') return comparison(left, 'in', right, operands, true);
      const text = `type(${right.text}) == string ? ${operand(right, level.member)}.contains(${left.text}) : ${operand(left, level.sum)} in ${operand(right, level.sum)}`;
      return make(text, level.choice, 'bool', { operands, raises: true });
    }
    default:
      return unportable('nothing can be in this', at);
  }
}

/** CEL's checker refuses to look for a value in a list that holds only other types. */
function among(left: Value, { items = [] }: Value): Value {
  return items.every(({ type }) => type === left.type) ? left : loose(left);
}

/** That evaluating something showed this value to be a text. */
export function seenText(value: Value): readonly string[] {
  return value.type === 'dyn' ? [`string:${value.text}`] : [];
}
