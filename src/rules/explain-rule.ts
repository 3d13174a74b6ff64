import type { SafeEvent } from '../core/event.ts';
import type { Scope } from '../expression/expression.ts';
import type { Course } from './over-time/course.ts';
import type { Policy } from './policy.ts';
import type { Rule } from './rule.ts';

/** Why the rule fires or not, for people; `why` has one sentence per policy. */
export interface RuleExplanation {
  readonly rule: string;
  readonly fires: boolean;
  readonly reason: string;
  readonly policies: readonly PolicyExplanation[];
}

interface PolicyExplanation {
  /** The policy in short: its matcher's fields, or the expression. */
  readonly policy: string;
  readonly passes: boolean;
  readonly reason: string;
}

/** Asks every policy, also those that could not change anything. Of what the rule does over several events the present state is told. */
export function explainRule(rule: Rule, course: Course | undefined, scope: Scope): RuleExplanation {
  const policies = rule.policies.map((policy) => explainPolicy(policy, scope.event, scope));
  const { fires } = rule.evaluate(scope);
  const parts = course === undefined ? '' : `; then ${course.state(scope)}`;
  return { rule: rule.name, fires, reason: reasonOf(rule, policies) + parts, policies };
}

function explainPolicy(policy: Policy, event: SafeEvent, scope: Scope): PolicyExplanation {
  if (policy.kind === 'matcher') {
    return { policy: policy.label, passes: policy.passes(event), reason: policy.why(event) };
  }
  const verdict = policy.judge(scope);
  return { policy: policy.label, passes: verdict.passes, reason: verdict.why() };
}

function reasonOf(rule: Rule, policies: readonly PolicyExplanation[]): string {
  if (!rule.enabled) return 'the rule is disabled';
  if (policies.length === 0) return 'no policy is enabled, so it never fires';
  const passed = policies.filter((policy) => policy.passes).length;
  return `${passed} of ${policies.length} policies pass (mode: ${rule.mode})`;
}
