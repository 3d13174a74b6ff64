import { didYouMean } from '../../core/suggest.ts';
import { compare } from './compare.ts';
import { callFunction, functionNames, textOf, whyNot } from './functions.ts';
import { item, orEmpty } from './lookup.ts';
import { callMethod } from './methods.ts';
import { calculated, isInstance, known, minus, withThing } from './operators.ts';
import { after, isThing, type Meaning, type Scope, type Surroundings } from './scope.ts';
import { unportable, type Expression } from './syntax.ts';
import { attribute, contextItem, valueOf } from './things.ts';
import { choose, chooseBool, negated, truth } from './truth.ts';
import { level, listOf, literal, mapOf, strict, type Value } from './value.ts';

const itemsMax = 200;

/** Translates Python expressions to CEL. Throws {@link Unportable} for what has no counterpart. */
export interface Translate {
  /** The value of an expression. */
  value(expression: Expression, scope: Scope): Value;
  /** What an expression stands for, which may be something of authentik's. */
  meaning(expression: Expression, scope: Scope): Meaning;
  /** Python's truth of it. Things of authentik's are true. */
  condition(expression: Expression, scope: Scope): Value;
}

export function createTranslate(surroundings: Surroundings): Translate {
  return { value, meaning, condition };

  function value(expression: Expression, scope: Scope): Value {
    return valueOf(meaning(expression, scope), surroundings, expression.at);
  }

  function meaning(expression: Expression, scope: Scope): Meaning {
    const { at } = expression;
    switch (expression.kind) {
      case 'name':
        return nameMeans(expression.name, scope, at);
      case 'constant':
        return literal(expression.value);
      case 'template':
        return template(expression.parts, scope, at);
      case 'attribute':
        return attribute(meaning(expression.object, scope), expression.name, surroundings, at);
      case 'index': {
        const object = meaning(expression.object, scope);
        const index = value(expression.index, scope);
        if (!isThing(object)) return item(object, index, at);
        if (object.thing !== 'request.context') return unportable('this has no items', at);
        return contextItem(String(index.constant?.value), surroundings, at);
      }
      case 'call':
        return call(expression, scope);
      case 'not':
        return negated(condition(expression.operand, scope));
      case 'minus':
        return minus(value(expression.operand, scope), at);
      case 'and':
      case 'or':
        return either(expression, scope);
      case 'compare':
        return comparisons(expression, scope);
      case 'arithmetic':
        return arithmetic(expression, scope);
      case 'conditional': {
        const test = condition(expression.condition, scope);
        // What is not chosen need not have a counterpart.
        if (test.constant !== undefined)
          return meaning(test.constant.value === true ? expression.yes : expression.no, scope);
        const inside = after(scope, test);
        const [then, otherwise] = [value(expression.yes, inside), value(expression.no, inside)];
        return then.type === 'bool' && otherwise.type === 'bool'
          ? chooseBool(test, then, otherwise, scope.before)
          : choose(test, then, otherwise);
      }
      case 'list':
        return listOf(expression.items.map((one) => value(one, scope)));
      case 'dict':
        return mapOf(expression.entries.map(([key, one]) => [keyText(key, scope), value(one, scope)] as const));
      default:
        return unportable('a list made of another one can only be given to any() and all()', at);
    }
  }

  function condition(expression: Expression, scope: Scope): Value {
    const { kind } = expression;
    if (kind === 'and' || kind === 'or') {
      const left = condition(expression.left, scope);
      const decided = left.constant?.value;
      if (decided === (kind === 'or')) return left;
      const right = condition(expression.right, after(scope, left));
      return kind === 'and'
        ? chooseBool(left, right, literal(false), scope.before)
        : chooseBool(left, literal(true), right, scope.before);
    }
    const found = meaning(expression, scope);
    if (isThing(found) && found.thing !== 'recipient') return literal(true);
    return truth(valueOf(found, surroundings, expression.at));
  }

  function nameMeans(name: string, scope: Scope, at: number): Meaning {
    const found = scope.names.get(name);
    if (found !== undefined) return found;
    if (functionNames.includes(name)) return { thing: `function ${name}` };
    return unportable(
      whyNot(name) ?? `${name} is not known here${didYouMean(name, [...scope.names.keys(), ...functionNames])}`,
      at,
    );
  }

  function call(expression: Expression & { kind: 'call' }, scope: Scope): Meaning {
    const { callee, args, keywords, at } = expression;
    const [first, second] = args;
    if (callee.kind === 'name' && !scope.names.has(callee.name)) {
      if ((callee.name === 'any' || callee.name === 'all') && first !== undefined)
        return quantified(callee.name, first, scope);
      if (callee.name === 'isinstance' && first !== undefined) return isInstance(value(first, scope), second, at);
    }
    const called = meaning(callee, scope);
    if (keywords.size > 0) return unportable('a call with name=value cannot be imported', at);
    if (!isThing(called)) return unportable('this cannot be called', at);
    if (
      called.thing === 'method get' &&
      called.of !== undefined &&
      isThing(called.of) &&
      called.of.thing === 'request.context'
    ) {
      // The fallback never counts: the event is there.
      return callMethod(called, first === undefined ? [] : [value(first, scope)], at, surroundings);
    }
    const values = args.map((arg) => value(arg, scope));
    if (called.thing.startsWith('method ')) return callMethod(called, values, at, surroundings);
    return callFunction(called.thing.slice('function '.length), values, at, surroundings);
  }

  function quantified(name: 'any' | 'all', argument: Expression, scope: Scope): Value {
    const conditions = argument.kind === 'each' ? rounds(argument, scope) : null;
    const list = conditions ?? itemsOf(argument, scope).map((one) => (): Value => truth(one));
    const any = name === 'any';
    const step = (index: number, inside: Scope): Value => {
      const one = list[index]?.(inside);
      if (one === undefined) return literal(!any);
      const rest = step(index + 1, after(inside, one));
      return any
        ? chooseBool(one, literal(true), rest, inside.before)
        : chooseBool(one, rest, literal(false), inside.before);
    };
    return step(0, scope);
  }

  /** `body for variable in range if condition`, round by round. */
  function rounds({ body, variable, range, condition: only }: Expression & { kind: 'each' }, scope: Scope) {
    return itemsOf(range, scope).map((one) => (outer: Scope): Value => {
      const inside = { ...outer, names: new Map([...outer.names, [variable, one] as const]) };
      if (only === undefined) return condition(body, inside);
      return unportable('if in a list made of another one cannot be imported', only.at);
    });
  }

  function itemsOf(expression: Expression, scope: Scope): readonly Value[] {
    const list = value(expression, scope);
    if (list.items === undefined || list.items.length > itemsMax) {
      return unportable(
        `only a list that is written out, of at most ${itemsMax} items, can be gone through`,
        expression.at,
      );
    }
    return list.items;
  }

  /** `and` and `or` yield one of their sides. */
  function either(expression: Expression & { kind: 'and' | 'or' }, scope: Scope): Meaning {
    const test = condition(expression.left, scope);
    const isOr = expression.kind === 'or';
    if (test.constant !== undefined)
      return meaning((test.constant.value === true) === isOr ? expression.left : expression.right, scope);
    const left = value(expression.left, scope);
    const right = value(expression.right, after(scope, test));
    if (left.type === 'bool' && right.type === 'bool') return condition(expression, scope);
    if (isOr) return orEmpty(left, right) ?? choose(test, left, right);
    return choose(test, right, left);
  }

  function comparisons({ first, rest, at }: Expression & { kind: 'compare' }, scope: Scope): Value {
    const container = rest[0]?.right;
    const only = rest.length === 1 ? rest[0] : undefined;
    if (only !== undefined && container !== undefined) {
      const known = withThing(meaning(first, scope), only.operator, meaning(container, scope));
      if (known !== undefined) return literal(known);
    }
    let left = value(first, scope);
    let inside = scope;
    const steps = rest.map(({ operator, right }) => {
      const next = value(right, inside);
      const step = compare(left, operator, next, at);
      inside = after(inside, step);
      left = next;
      return step;
    });
    return steps.reduceRight((others, one) => chooseBool(one, others, literal(false), scope.before));
  }

  function template(parts: readonly (string | Expression)[], scope: Scope, at: number): Value {
    const texts = parts
      .map((part) => (typeof part === 'string' ? literal(part) : textOf(known(value(part, scope), scope), part.at)))
      .filter(({ constant }) => constant?.value !== '');
    return texts.length === 0 ? literal('') : texts.reduce((left, right) => sum(left, right, scope, at));
  }

  function arithmetic({ operator, left, right, at }: Expression & { kind: 'arithmetic' }, scope: Scope): Value {
    const [a, b] = [value(left, scope), value(right, scope)];
    if (operator === '+') return sum(a, b, scope, at);
    if (operator !== '-' && operator !== '*') return unportable(`${operator} cannot be imported`, at);
    const binding = operator === '-' ? level.sum : level.product;
    return calculated(strict(a), operator, strict(b), binding, at);
  }

  function sum(a: Value, b: Value, scope: Scope, at: number): Value {
    const [left, right] = [known(strict(a), scope), known(strict(b), scope)];
    return calculated(left, '+', right, level.sum, at);
  }

  function keyText(key: Expression, scope: Scope): string {
    const name = value(key, scope).constant?.value;
    return typeof name === 'string'
      ? name
      : unportable('a key of a dictionary must be a text that is written out', key.at);
  }
}
