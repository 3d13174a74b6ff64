import type { Notification } from '../core/delivery.ts';
import type { Scope } from '../expression/expression.ts';
import type { RuleConfig } from './config.ts';
import type { Policy } from './policy.ts';

/** What a rule says about an event; `error`: an expression that mattered could not be evaluated. */
interface RuleResult {
  readonly fires: boolean;
  readonly error: boolean;
}

/** A compiled rule. */
export interface Rule {
  readonly name: string;
  readonly notification: Notification;
  /** Those that are enabled, in the user's order. */
  readonly policies: readonly Policy[];
  readonly enabled: boolean;
  readonly mode: 'any' | 'all';
  /** False when the rule fires for no event with this action. */
  mayFire(action: string): boolean;
  evaluate(scope: Scope): RuleResult;
  /** The same for events with this action; what the action alone decides is then decided. */
  evaluateFor(action: string): (scope: Scope) => RuleResult;
}

const silent: RuleResult = { fires: false, error: false };
const fired: RuleResult = { fires: true, error: false };
const failed: RuleResult = { fires: false, error: true };
const firedAndFailed: RuleResult = { fires: true, error: true };

/**
 * Puts a rule together from its enabled policies. Matchers are asked first; expressions are run only when the matchers have not
 * decided, and then all of them. So the order of the policies shows nowhere, and an expression that needs a client address is
 * no error for the events that the rule's matcher rules out anyway. Which events fire is as if all were run.
 */
export function buildRule(config: RuleConfig, policies: readonly Policy[]): Rule {
  const { name, severity, destinations, mode, enabled } = config;
  const matchers = policies.filter((policy) => policy.kind === 'matcher');
  const expressions = policies.filter((policy) => policy.kind === 'expression');
  const decisive = mode === 'any';
  const decided = decisive ? fired : silent;
  const never = !enabled || policies.length === 0;

  function evaluateBy(asked: typeof matchers): (scope: Scope) => RuleResult {
    return (scope) => {
      for (const matcher of asked) if (matcher.passes(scope.event) === decisive) return decided;
      return judgeAll(expressions, scope, decisive);
    };
  }

  return {
    name,
    notification: { rule: name, severity, destinations },
    policies,
    enabled,
    mode,
    mayFire: (action) => !never && possible(policies, action, mode),
    evaluate: never ? () => silent : evaluateBy(matchers),
    evaluateFor: (action) => {
      if (never) return () => silent;
      if (matchers.some((matcher) => matcher.passesByAction(action) === decisive)) return () => decided;
      return evaluateBy(matchers.filter((matcher) => matcher.passesByAction(action) === undefined));
    },
  };
}

function judgeAll(
  expressions: readonly (Policy & { readonly kind: 'expression' })[],
  scope: Scope,
  decisive: boolean,
): RuleResult {
  let fires = !decisive;
  let error = false;
  for (const expression of expressions) {
    const verdict = expression.judge(scope);
    error ||= verdict.error;
    if (verdict.passes === decisive) fires = decisive;
  }
  if (!error) return fires ? fired : silent;
  return fires ? firedAndFailed : failed;
}

function possible(policies: readonly Policy[], action: string, mode: 'any' | 'all'): boolean {
  const may = (policy: Policy): boolean => policy.kind === 'expression' || policy.mayPass(action);
  return mode === 'any' ? policies.some(may) : policies.every(may);
}
