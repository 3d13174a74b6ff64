import { parsePython } from './parse.ts';
import { isThing, type Meaning, type Scope, type Surroundings, after } from './scope.ts';
import { Unportable, unportable, type Expression, type Statement } from './syntax.ts';
import { createTranslate } from './translate.ts';
import { choose, chooseBool, force, truth } from './truth.ts';
import { literal, type Value } from './value.ts';

const stepsMax = 2000;

/** A program as one CEL value, or what of it has no counterpart; `offset` counts characters of the source from 0. */
export type Translated =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/**
 * Translates the body of an expression policy to a CEL bool, or that of a webhook mapping to a value. The CEL yields what the
 * Python would return and fails where it would raise. A program that ends without `return` returns None.
 */
export function translateProgram(source: string, surroundings: Surroundings): Translated {
  try {
    return { ok: true, value: run(parsePython(source), surroundings) };
  } catch (error) {
    if (error instanceof Unportable) return { ok: false, message: error.message, offset: error.offset };
    throw error;
  }
}

/** Calls that change nothing in what a program returns. */
const sideEffects: ReadonlySet<string> = new Set(['ak_message', 'ak_logger', 'print']);

/** Modules whose names are known without an import too. */
const harmless: ReadonlySet<string> = new Set(['ipaddress', 're']);

function run(program: readonly Statement[], surroundings: Surroundings): Value {
  const translate = createTranslate(surroundings);
  const policy = surroundings.purpose === 'policy';
  let steps = 0;
  return body(program, { names: startNames(policy), before: new Set() });

  function body(statements: readonly Statement[], scope: Scope): Value {
    const [first, ...rest] = statements;
    steps += 1;
    if (first === undefined) return literal(policy ? false : null);
    if (steps > stepsMax) unportable('too many ways through it: write it as one expression', first.at);
    switch (first.kind) {
      case 'return':
        return returned(first.value, scope);
      case 'assign':
        return assigned(first, rest, scope);
      case 'if':
        return branched(first, rest, scope);
      case 'for':
        return body([...unrolled(first), ...rest], scope);
      case 'expression':
        return evaluated(first.value, rest, scope);
      case 'import':
        imported(first);
        return body(rest, scope);
      default:
        return body(rest, scope);
    }
  }

  function returned(expression: Expression | undefined, scope: Scope): Value {
    if (policy) return expression === undefined ? literal(false) : translate.condition(expression, scope);
    return expression === undefined ? literal(null) : translate.value(expression, scope);
  }

  function assigned({ name, value }: Statement & { kind: 'assign' }, rest: readonly Statement[], scope: Scope): Value {
    const meaning = translate.meaning(value, scope);
    const names = new Map<string, Meaning>([...scope.names, [name, meaning]]);
    if (isThing(meaning)) return body(rest, { ...scope, names });
    // Python evaluates it here, even when nothing uses it.
    return force(meaning, body(rest, after({ ...scope, names }, meaning)), scope.before);
  }

  function branched({ condition, yes, no }: Statement & { kind: 'if' }, rest: readonly Statement[], scope: Scope) {
    const test = translate.condition(condition, scope);
    if (test.constant !== undefined) return body([...(test.constant.value === true ? yes : no), ...rest], scope);
    const inside = after(scope, test);
    const [then, otherwise] = [body([...yes, ...rest], inside), body([...no, ...rest], inside)];
    return policy ? chooseBool(test, truth(then), truth(otherwise), scope.before) : choose(test, then, otherwise);
  }

  function unrolled({ variable, range, body: inner, at }: Statement & { kind: 'for' }): readonly Statement[] {
    if (range.kind !== 'list') return unportable('only a list that is written out can be gone through', at);
    return range.items.flatMap((value): readonly Statement[] => [
      { kind: 'assign', name: variable, value, at },
      ...inner,
    ]);
  }

  function evaluated(expression: Expression, rest: readonly Statement[], scope: Scope): Value {
    if (expression.kind === 'constant') return body(rest, scope);
    const called = expression.kind === 'call' ? rootOf(expression.callee) : '';
    if (expression.kind !== 'call' || !sideEffects.has(called)) {
      const value = translate.value(expression, scope);
      return force(value, body(rest, after(scope, value)), scope.before);
    }
    surroundings.note(`${called}() is left out: it changes nothing in the result`, expression.at);
    const args = [...expression.args, ...expression.keywords.values()].flatMap((arg) => argument(arg, scope));
    const inside = args.reduce(after, scope);
    return args.reduceRight((next, arg) => force(arg, next, scope.before), body(rest, inside));
  }

  /** What a message says is evaluated only because it may raise. */
  function argument(expression: Expression, scope: Scope): readonly Value[] {
    try {
      return [translate.value(expression, scope)];
    } catch (error) {
      if (!(error instanceof Unportable)) throw error;
      return [];
    }
  }
}

function rootOf(callee: Expression): string {
  if (callee.kind === 'attribute') return rootOf(callee.object);
  return callee.kind === 'name' ? callee.name : '';
}

function imported({ module, names, at }: Statement & { kind: 'import' }): void {
  if (harmless.has(module) && (module === 're' ? names.length === 0 : names.length > 0)) return;
  const reach = module.startsWith('authentik.')
    ? "uses authentik's own code and database"
    : 'uses code that herald does not have';
  unportable(`the import of ${module} ${reach}: write what it is for as a condition on the event`, at);
}

function startNames(policy: boolean): ReadonlyMap<string, Meaning> {
  const common: readonly (readonly [string, Meaning])[] = [
    ['request', { thing: 'request' }],
    ['re', { thing: 're' }],
  ];
  return new Map<string, Meaning>(
    policy
      ? [
          ...common,
          ['context', { thing: 'request.context' }],
          ['ak_client_ip', { thing: 'client address' }],
          ['ak_is_sso_flow', literal(false)],
        ]
      : [...common, ['notification', { thing: 'notification' }], ['user', { thing: 'recipient' }]],
  );
}
