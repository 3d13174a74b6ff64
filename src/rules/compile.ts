import type { RuleConfig } from './config.ts';
import { createRules } from './evaluate.ts';
import { createLoopGuard } from './loop.ts';
import { compileCourse, type Shared } from './over-time/compile.ts';
import { createKeyCompiler } from './over-time/key.ts';
import { createEventTitle } from './over-time/title.ts';
import { compilePolicy, type Policy } from './policy.ts';
import type { PolicyConfig } from './policy-config.ts';
import { buildRule } from './rule.ts';
import type { Rules } from './rules.ts';
import type { RunningRule } from './running-rule.ts';
import { compileSilences, type SilenceConfig } from './silence.ts';

/** Something wrong in the rules, with its path inside the list of rules. */
export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Compiles and checks all rules, disabled ones too. With problems, `rules` has only what could be compiled. `titleFields`: whether the titles
 * that are remembered note of which fields they tell, for readers from whom some are hidden.
 */
export function compileRules(
  configs: readonly RuleConfig[],
  silenceConfigs: readonly SilenceConfig[] = [],
  { titleFields = true } = {},
): {
  readonly rules: Rules;
  readonly problems: readonly RuleProblem[];
  readonly silenceProblems: readonly RuleProblem[];
} {
  const problems: RuleProblem[] = duplicateNames(configs);
  const silenceProblems: RuleProblem[] = [];
  const shared = { keys: createKeyCompiler(), eventTitle: createEventTitle(titleFields) };
  const rules = configs.map((config, index) => compileRule(config, index, shared, problems));
  const names = configs.map(({ name }) => name);
  const silences = compileSilences(silenceConfigs, names, silenceProblems);
  return { rules: createRules(rules, createLoopGuard(configs), silences), problems, silenceProblems };
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

function compileRule(config: RuleConfig, index: number, shared: Shared, problems: RuleProblem[]): RunningRule {
  const found: RuleProblem[] = [];
  const rule = buildRule(config, compilePolicies(config.policies, found));
  const course = compileCourse(
    config,
    ({ policies, mode }, stepProblems) =>
      buildRule({ ...config, enabled: true, mode, policies }, compilePolicies(policies, stepProblems)),
    shared,
    found,
  );
  for (const { path, message } of found) problems.push({ path: [index, ...path], message });
  return { rule, course: config.enabled ? course : undefined, version: versionOf(config) };
}

function compilePolicies(configs: readonly PolicyConfig[], problems: RuleProblem[]): readonly Policy[] {
  return configs.flatMap((config, place) => {
    const found: RuleProblem[] = [];
    const policy = compilePolicy(config, found);
    for (const { path, message } of found) problems.push({ path: ['policies', place, ...path], message });
    return policy === undefined || !config.enabled ? [] : [policy];
  });
}

/** What a rule says, whatever its tests and texts. */
function versionOf({ tests: _tests, description: _description, runbook: _runbook, ...config }: RuleConfig): string {
  return JSON.stringify(config);
}
