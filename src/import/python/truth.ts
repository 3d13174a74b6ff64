import { isTotal, level, literal, loose, make, operand, type Value } from './value.ts';

/** Python's `bool(value)` as a CEL bool. */
export function truth(value: Value): Value {
  const { constant } = value;
  if (constant !== undefined) return literal(Boolean(constant.value));
  const written = value.items ?? value.entries;
  if (written !== undefined && value.sure.size === 0) return literal(written.length > 0);
  switch (value.type) {
    case 'bool':
      return value;
    case 'null':
      return literal(false);
    case 'string':
      return {
        ...make(`${operand(value, level.sum)} != ""`, level.relation, 'bool', { operands: [value] }),
        opposite: { text: `${operand(value, level.sum)} == ""`, level: level.relation },
      };
    case 'int':
    case 'double':
      return make(`${operand(value, level.sum)} != ${value.type === 'int' ? '0' : '0.0'}`, level.relation, 'bool', {
        operands: [value],
      });
    case 'list':
    case 'map':
      return make(`size(${value.text}) > 0`, level.relation, 'bool', { operands: [value] });
    case 'dyn':
      return falsy(value);
    default:
      return literal(true);
  }
}

function falsy(value: Value): Value {
  const text = `${operand(value, level.sum)} in [null, false, 0, "", [], {}]`;
  return {
    ...make(`!(${text})`, level.unary, 'bool', { operands: [value] }),
    opposite: { text, level: level.relation },
  };
}

/** The opposite of a bool. */
export function negated(value: Value): Value {
  if (value.constant !== undefined) return literal(!value.constant.value);
  const made = { operands: [value] };
  if (value.opposite !== undefined)
    return { ...make(value.opposite.text, value.opposite.level, 'bool', made), opposite: value };
  return { ...make(`!${operand(value, level.unary)}`, level.unary, 'bool', made), opposite: value };
}

/**
 * `condition ? then : otherwise` for bools. `&&` and `||` are used where the condition cannot fail: CEL forgets an error on
 * one side of them when the other side decides, Python does not.
 */
export function chooseBool(condition: Value, then: Value, otherwise: Value, before: ReadonlySet<string>): Value {
  if (condition.constant !== undefined) return condition.constant.value === true ? then : otherwise;
  const [yes, no] = [then.constant?.value, otherwise.constant?.value];
  if (yes === true && no === false) return condition;
  if (yes === false && no === true) return negated(condition);
  if (isTotal(condition, before)) {
    if (no === false) return join('&&', condition, then);
    if (yes === false) return join('&&', negated(condition), otherwise);
    if (yes === true) return join('||', condition, otherwise);
    if (no === true) return join('||', negated(condition), then);
  }
  return choose(condition, then, otherwise);
}

function join(operator: '&&' | '||', left: Value, right: Value): Value {
  const binding = operator === '&&' ? level.and : level.or;
  const text = `${operand(left, binding)} ${operator} ${operand(right, binding)}`;
  // The right side is not always evaluated.
  return make(text, binding, 'bool', { operands: [left], raises: right.sure.size > 0 });
}

/** `condition ? then : otherwise`, also for values of different types. */
export function choose(condition: Value, then: Value, otherwise: Value): Value {
  if (condition.constant !== undefined) return condition.constant.value === true ? then : otherwise;
  const same = then.type === otherwise.type && then.type !== 'list' && then.type !== 'map';
  const either = same || then.type === 'dyn' || otherwise.type === 'dyn';
  const first = either ? then : loose(then);
  const text = `${operand(condition, level.or)} ? ${operand(first, level.or)} : ${operand(otherwise, level.choice)}`;
  const raises = then.sure.size + otherwise.sure.size > 0;
  const made = make(text, level.choice, same ? then.type : 'dyn', { operands: [condition], raises });
  return { ...made, branches: { condition, yes: then, no: otherwise } };
}

/** Evaluates a value that Python would evaluate here, because it may raise, and goes on. */
export function force(value: Value, rest: Value, before: ReadonlySet<string>): Value {
  if (isTotal(value, before) || rest.sure.has(value.text)) return rest;
  const condition = make(`size([${value.text}]) == 1`, level.relation, 'bool', { operands: [value] });
  return choose(condition, rest, rest.type === 'bool' ? literal(false) : rest);
}
