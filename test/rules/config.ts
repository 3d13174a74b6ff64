import type { RuleConfig } from '../../src/rules/config.ts';
import type { PolicyConfig } from '../../src/rules/policy-config.ts';

/** A policy as it is after loading, with the defaults filled in. */
export function policy(given: Partial<PolicyConfig>): PolicyConfig {
  return { negate: false, failure_result: false, enabled: true, ...given };
}

/** A rule as it is after loading, with the defaults filled in. */
export function rule(
  name: string,
  policies: readonly Partial<PolicyConfig>[],
  given: Partial<RuleConfig> = {},
): RuleConfig {
  return {
    name,
    enabled: true,
    severity: 'notice',
    mode: 'any',
    policies: policies.map(policy),
    destinations: ['chat'],
    policy_uuids: [],
    attack: [],
    tests: [],
    ...given,
  };
}
