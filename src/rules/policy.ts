import type { SafeEvent } from '../core/event.ts';
import { compileExpression } from '../expression/expression.ts';
import type { Scope } from '../expression/expression.ts';
import { matcherFields, type PolicyConfig } from './policy-config.ts';
import { compileMatcher, type Matcher, type MatcherProblem } from './matcher.ts';

/** One policy's verdict about one event. `why` is a sentence for people, made only when asked for. */
interface Verdict {
  readonly passes: boolean;
  readonly error: boolean;
  why(): string;
}

/** A compiled policy. A matcher costs little and cannot fail; an expression may do both. */
export type Policy =
  | {
      readonly kind: 'matcher';
      readonly label: string;
      readonly passes: (event: SafeEvent) => boolean;
      /** False when no event with this action passes. */
      readonly mayPass: (action: string) => boolean;
      /** Whether events with this action pass, where the action alone decides. */
      readonly passesByAction: (action: string) => boolean | undefined;
      readonly why: (event: SafeEvent) => string;
    }
  | { readonly kind: 'expression'; readonly label: string; judge(scope: Scope): Verdict };

/**
 * Compiles one policy. `negate` turns a result round; an evaluation error counts as `failure_result` and is not turned round,
 * as in authentik's policy engine. Undefined when the policy is no policy at all, with the reason in `problems`.
 */
export function compilePolicy(config: PolicyConfig, problems: MatcherProblem[]): Policy | undefined {
  const set = matcherFields.filter((field) => config[field] !== undefined);
  if (config.expression !== undefined && set.length > 0) {
    const message = `an expression stands alone; move ${set.join(', ')} into a policy of its own (mode: all)`;
    problems.push({ path: ['expression'], message });
    return undefined;
  }
  if (config.expression !== undefined) return expressionPolicy(config.expression, config, problems);
  if (set.length > 0) return matcherPolicy(compileMatcher(config, problems), config.negate);
  problems.push({ path: [], message: `nothing to match: set one of ${matcherFields.join(', ')}, or expression` });
  return undefined;
}

function matcherPolicy(matcher: Matcher, negate: boolean): Policy {
  const { label } = matcher;
  const passesByAction = (action: string): boolean | undefined =>
    matcher.actionOnly ? matcher.mayMatch(action) !== negate : undefined;
  const why = (event: SafeEvent): string => matcher.mismatch(event) ?? `${label} matches`;
  if (!negate)
    return { kind: 'matcher', label, passes: matcher.matches, mayPass: matcher.mayMatch, passesByAction, why };
  return {
    kind: 'matcher',
    label: `not (${label})`,
    passes: (event) => !matcher.matches(event),
    mayPass: (action) => passesByAction(action) !== false,
    passesByAction,
    why: (event) => `${why(event)} (negated)`,
  };
}

function expressionPolicy(source: string, config: PolicyConfig, problems: MatcherProblem[]): Policy | undefined {
  const compiled = compileExpression(source, 'bool');
  if (!compiled.ok) {
    const at = compiled.offset === undefined ? '' : ` (at character ${compiled.offset + 1})`;
    problems.push({ path: ['expression'], message: compiled.message + at });
    return undefined;
  }
  const { negate, failure_result: failureResult } = config;
  const suffix = negate ? ' (negated)' : '';
  const verdicts = {
    true: { passes: !negate, error: false, why: () => `the expression is true${suffix}` },
    false: { passes: negate, error: false, why: () => `the expression is false${suffix}` },
  };
  return {
    kind: 'expression',
    label: negate ? `not (${source})` : source,
    judge: (scope) => {
      const result = compiled.evaluate(scope);
      if (result.ok) return result.value ? verdicts.true : verdicts.false;
      const why = (): string => `the expression failed, which counts as ${failureResult}: ${result.message}`;
      return { passes: failureResult, error: true, why };
    },
  };
}
