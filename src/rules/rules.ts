import type { Notification } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import type { Scope } from '../expression/expression.ts';
import type { RuleConfig } from './config.ts';
import { createLoopGuard, type LoopGuard, type Permission, type Suppression } from './loop.ts';
import { compilePolicy, type Policy } from './policy.ts';
import { buildRule, explainRule, type Rule, type RuleExplanation } from './rule.ts';

/** What the rules decided about one event. */
export interface Evaluation {
  /** The rules that fired, in the user's order. */
  readonly notifications: readonly Notification[];
  /** Names of rules with an expression that failed where it mattered; they may have fired all the same. */
  readonly errors: readonly string[];
  /** Why rules were kept from firing. */
  readonly suppressed?: Suppression;
}

/** Every rule's reasons, for `herald try`. */
export interface Explanation {
  readonly suppressed?: Suppression;
  readonly rules: readonly RuleExplanation[];
}

/** The compiled rules. Deterministic: the same events in the same order give the same notifications. Never throws. */
export interface Rules {
  evaluate(event: SafeEvent, nowMs: number): Evaluation;
  /** As `evaluate` would decide next, with reasons, and without remembering anything. */
  explain(event: SafeEvent, nowMs: number): Explanation;
}

/** Something wrong in the rules, with its path inside the list of rules. */
export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const nothing: Evaluation = { notifications: [], errors: [] };
const actionsMax = 256;

/** Compiles and checks all rules, disabled ones too. With problems, `rules` has only what could be compiled. */
export function compileRules(configs: readonly RuleConfig[]): {
  readonly rules: Rules;
  readonly problems: readonly RuleProblem[];
} {
  const problems: RuleProblem[] = duplicateNames(configs);
  const rules = configs.map((config, index) => compileRule(config, index, problems));
  return { rules: createRules(rules, createLoopGuard(configs)), problems };
}

function duplicateNames(configs: readonly RuleConfig[]): RuleProblem[] {
  const seen = new Set<string>();
  const problems: RuleProblem[] = [];
  for (const [index, { name }] of configs.entries()) {
    if (seen.has(name))
      problems.push({ path: [index, 'name'], message: `a second rule named ${JSON.stringify(name)}` });
    seen.add(name);
  }
  return problems;
}

function compileRule(config: RuleConfig, index: number, problems: RuleProblem[]): Rule {
  const policies: Policy[] = [];
  for (const [place, policyConfig] of config.policies.entries()) {
    const found: RuleProblem[] = [];
    const policy = compilePolicy(policyConfig, found);
    for (const { path, message } of found) problems.push({ path: [index, 'policies', place, ...path], message });
    if (policy !== undefined && policyConfig.enabled) policies.push(policy);
  }
  return buildRule(config, policies);
}

function createRules(rules: readonly Rule[], guard: LoopGuard): Rules {
  const candidates = byAction(rules);
  return {
    evaluate(event, nowMs) {
      const possible = candidates(event.action);
      if (possible.length === 0) return nothing;
      if (guard.causedByPolicy(event)) return { ...nothing, suppressed: 'policy_loop' };
      return evaluateAll(possible, guard, { event, nowMs });
    },
    explain(event, nowMs) {
      const scope = { event, nowMs };
      const free = rules.map((rule) => explainRule(rule, scope));
      const policyLoop = guard.causedByPolicy(event);
      const explained = free.map((rule) => {
        if (!rule.fires) return rule;
        if (policyLoop) return heldBack(rule, "one of the rules' own policies");
        return permits(guard, rule.rule, event) ? rule : heldBack(rule, "one of herald's own deliveries");
      });
      if (explained.every((rule, index) => rule === free[index])) return { rules: explained };
      return { rules: explained, suppressed: policyLoop ? 'policy_loop' : 'own_delivery' };
    },
  };
}

function evaluateAll(rules: readonly Rule[], guard: LoopGuard, scope: Scope): Evaluation {
  const { event } = scope;
  const notifications: Notification[] = [];
  const errors: string[] = [];
  let permission: Permission | undefined;
  let held = false;
  for (const rule of rules) {
    const { fires, error } = rule.evaluate(scope);
    if (error) errors.push(rule.name);
    if (!fires) continue;
    permission ??= guard.permission(event);
    if (permission === 'none' || (permission === 'once' && !guard.mayFireOnce(rule.name, event))) {
      held = true;
      continue;
    }
    guard.fired(rule.name, event, permission);
    notifications.push(rule.notification);
  }
  if (notifications.length === 0 && errors.length === 0 && !held) return nothing;
  return { notifications, errors, ...(held && { suppressed: 'own_delivery' }) };
}

function permits(guard: LoopGuard, rule: string, event: SafeEvent): boolean {
  const permission = guard.permission(event);
  return permission === 'free' || (permission === 'once' && guard.mayFireOnce(rule, event));
}

function heldBack(rule: RuleExplanation, cause: string): RuleExplanation {
  return { ...rule, fires: false, reason: `${rule.reason}; held back: ${cause} caused the event` };
}

/** The rules that can fire for an action, worked out once for each of the last few hundred actions. */
function byAction(rules: readonly Rule[]): (action: string) => readonly Rule[] {
  const known = new Map<string, readonly Rule[]>();
  return (action) => {
    const found = known.get(action);
    if (found !== undefined) return found;
    // Actions are an open set, and an expression policy can make up new ones.
    if (known.size >= actionsMax) known.clear();
    const possible = rules.filter((rule) => rule.mayFire(action));
    known.set(action, possible);
    return possible;
  };
}
