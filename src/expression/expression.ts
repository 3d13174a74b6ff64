import {
  EvaluationError,
  ParseError,
  type TypeError as CelTypeError,
  type ASTNode,
  type Environment,
} from '@marcbachmann/cel-js';
import type { Json } from '../core/json.ts';
import { didYouMean } from '../core/suggest.ts';
import { startBudget } from './budget.ts';
import { boundedCall, environmentFor, type TextVariable } from './environment.ts';
import { objectionTo } from './guard.ts';
import { toJson } from './json.ts';
import { missingKey, needsOf, type Needs } from './needs.ts';
import { quickOf, type Quick } from './quick.ts';
import { bindingsOf, type Bindings, type Scope } from './scope.ts';
import { children, walkOf } from './syntax.ts';

export type { Scope } from './scope.ts';

const sourceLengthMax = 8192;

/** The value, or why there is none (a missing key, a wrong type). Evaluating never throws. */
export type Evaluated<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** A compiled expression, or what is wrong with it; `offset` counts characters from 0. */
export type Compiled<T> =
  | { readonly ok: true; evaluate(scope: Scope): Evaluated<T> }
  | { readonly ok: false; readonly message: string; readonly offset?: number };

/**
 * Compiles and type-checks a CEL expression over `event`, `now` and the given text variables. `bool` refuses at load what
 * cannot be a bool and yields booleans; `any` yields the value as plain JSON.
 *
 * CEL's rules are kept: reading a key that is not there is an evaluation error, also for optional fields as
 * `event.client_ip`; ask `has(event.client_ip)` or read `event.?client_ip.orValue("")`.
 */
export function compileExpression(
  source: string,
  wants: 'bool',
  variables?: readonly TextVariable[],
): Compiled<boolean>;
export function compileExpression(source: string, wants: 'any', variables?: readonly TextVariable[]): Compiled<Json>;
export function compileExpression(
  source: string,
  wants: 'bool' | 'any',
  variables: readonly TextVariable[] = [],
): Compiled<boolean> | Compiled<Json> {
  if (source.length > sourceLengthMax) return { ok: false, message: `longer than ${sourceLengthMax} characters` };
  if (source.trim() === '') return { ok: false, message: 'empty', offset: 0 };
  const environment = environmentFor(variables);
  const checked = check(environment, source, variables);
  if (!checked.ok) return checked;
  if (wants === 'any') return { ok: true, evaluate: (scope) => run(checked.program, scope, toJson) };
  if (checked.type !== 'bool' && !checked.type.startsWith('dyn')) {
    return { ok: false, message: `must yield a bool, yields ${checked.type}`, offset: 0 };
  }
  const { program } = checked;
  return {
    ok: true,
    evaluate: (scope) => {
      const quick = program.quick?.(scope.event);
      if (quick !== undefined) return quick ? yes : no;
      return bool(run(program, scope, (value) => value));
    },
  };
}

interface Program {
  readonly needs: Needs;
  readonly quick: Quick | undefined;
  readonly call: (bindings: Bindings) => unknown;
}

type Checked =
  | { readonly ok: true; readonly program: Program; readonly type: string }
  | { readonly ok: false; readonly message: string; readonly offset?: number };

function check(environment: Environment, source: string, variables: readonly string[]): Checked {
  try {
    const parsed = environment.parse(source);
    const objection = objectionTo(parsed.ast);
    if (objection !== undefined) return { ok: false, ...objection };
    const { error, type = 'dyn' } = parsed.check();
    if (error !== undefined) return failed(error, variables);
    const bounded = environment.parse(bound(source, parsed.ast));
    const rechecked = bounded.check();
    if (rechecked.error !== undefined) return failed(rechecked.error, variables);
    return { ok: true, program: { needs: needsOf(parsed.ast), quick: quickOf(parsed.ast), call: bounded }, type };
  } catch (error) {
    if (error instanceof ParseError) return failed(error, variables);
    throw error;
  }
}

function failed(error: ParseError | CelTypeError, variables: readonly string[]): Checked {
  const unknown = /^Unknown variable: (.*)$/.exec(error.summary)?.[1];
  const hint = unknown === undefined ? '' : didYouMean(unknown, ['event', 'now', ...variables]);
  return { ok: false, message: error.summary + hint, ...(error.range !== undefined && { offset: error.range.start }) };
}

/** The source with a length check around everything that a comprehension walks. */
function bound(source: string, root: ASTNode): string {
  const inserts: { readonly at: number; readonly text: string }[] = [];
  const visit = (node: ASTNode): void => {
    const range = walkOf(node)?.range;
    if (range !== undefined) inserts.push({ at: range.start, text: `${boundedCall}(` }, { at: range.end, text: ')' });
    for (const child of children(node)) visit(child);
  };
  visit(root);
  let out = source;
  // From the end, so that places before stay where they are.
  for (const { at, text } of inserts.toSorted((a, b) => b.at - a.at)) out = out.slice(0, at) + text + out.slice(at);
  return out;
}

function run<T>(program: Program, scope: Scope, read: (value: unknown) => T): Evaluated<T> {
  const bindings = bindingsOf(scope);
  const missing = missingKey(program.needs, bindings.event);
  if (missing !== undefined) return { ok: false, message: `No such key: ${missing}` };
  const depth = Error.stackTraceLimit;
  // An evaluation error is an answer here; recording where in the library it came up costs three times the rest.
  Error.stackTraceLimit = 0;
  try {
    startBudget();
    return { ok: true, value: read(program.call(bindings)) };
  } catch (error) {
    return { ok: false, message: reason(error) };
  } finally {
    Error.stackTraceLimit = depth;
  }
}

function reason(error: unknown): string {
  if (error instanceof EvaluationError) return error.summary;
  return error instanceof Error ? error.message : String(error);
}

function bool(result: Evaluated<unknown>): Evaluated<boolean> {
  if (!result.ok) return result;
  if (result.value === true) return yes;
  return result.value === false ? no : { ok: false, message: `must yield a bool, yielded ${typeof result.value}` };
}

const yes = { ok: true, value: true } as const;
const no = { ok: true, value: false } as const;
