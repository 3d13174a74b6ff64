import type { Notification } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import type { RuleChanges, RuleState } from '../core/rule-state.ts';
import type { Alert } from './alert.ts';
import type { RuleConfig } from './config.ts';
import { createRules, type RunningRule } from './evaluate.ts';
import { createLoopGuard, type Suppression } from './loop.ts';
import { compileCourse, type Shared } from './over-time/compile.ts';
import type { HeldReason } from './over-time/course.ts';
import { createKeyCompiler } from './over-time/key.ts';
import { createEventTitle } from './over-time/title.ts';
import { compilePolicy, type Policy } from './policy.ts';
import type { PolicyConfig } from './policy-config.ts';
import { buildRule, type RuleExplanation } from './rule.ts';
import { compileSilences, type SilenceConfig } from './silence.ts';

/** What the rules decided about one event. */
export interface Evaluation {
  /** The rules that fired, in the user's order. */
  readonly notifications: readonly Notification[];
  /** Names of rules with an expression that failed where it mattered; they may have fired all the same. */
  readonly errors: readonly string[];
  /** Why rules were kept from firing. */
  readonly suppressed?: Suppression;
  /** Messages about several events, that this one completed or that are due now. */
  readonly alerts?: readonly Alert[];
  /** Rules that fired and whose notification was held back. */
  readonly held?: readonly Held[];
}

/** A notification that was held back, for this reason. */
export interface Held {
  readonly rule: string;
  readonly reason: HeldReason | 'silence';
}

/** Every rule's reasons, for `herald try`. */
export interface Explanation {
  readonly suppressed?: Suppression;
  readonly rules: readonly RuleExplanation[];
}

/**
 * The compiled rules. Deterministic: the same events at the same times in the same order give the same notifications. Never throws.
 * Rules that look at several events remember; whoever keeps the events keeps `changes()` with them, in one transaction.
 */
export interface Rules {
  /** True when there is anything to remember or to wait for. */
  readonly overTime: boolean;
  evaluate(event: SafeEvent, nowMs: number): Evaluation;
  /** Lines of any kind were read. */
  heard(nowMs: number): void;
  /** What is to be told because time has passed. */
  due(nowMs: number): readonly Alert[];
  /** What changed in memory since the last call. To be written down before anything is evaluated: the values are those in memory. */
  changes(): RuleChanges;
  /** Remembers what was written down, and nothing else: at the start, and after a batch that could not be written. */
  restore(state: RuleState): void;
  /** How many keys each rule had to forget for room since the last call; without the rules that had none to. */
  takeEvictions(): ReadonlyMap<string, number>;
  /** As `evaluate` would decide next, with reasons, and without remembering anything. */
  explain(event: SafeEvent, nowMs: number): Explanation;
}

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
