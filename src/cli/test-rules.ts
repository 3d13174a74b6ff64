import type { Config } from '../config/config.ts';
import { admit } from '../pipeline/decide.ts';
import { createRehearsal, type Told } from '../pipeline/rehearsal.ts';
import { isoTime, titleOf } from '../render/message.ts';
import type { RuleConfig } from '../rules/config.ts';
import type { RuleTest } from '../rules/test-config.ts';
import { stepsOf } from './test-events.ts';
import { stagesOf } from '../stages.ts';

/** What one test of a rule came to. */
export interface TestResult {
  readonly rule: string;
  readonly test: string;
  /** What is not as it should be; empty when the test passes. */
  readonly failures: readonly string[];
  /** The messages that the rule sent, for whoever looks for the reason. */
  readonly told: readonly string[];
}

/** Runs the tests of all rules, each on rules that remember nothing. */
export function testRules(config: Config): readonly TestResult[] {
  return config.rules.flatMap((rule) => rule.tests.map((test) => runTest(rule, test, config)));
}

function runTest(rule: RuleConfig, test: RuleTest, config: Config): TestResult {
  const stages = stagesOf({ ...config, silences: [] }, [rule]);
  const rehearsal = createRehearsal(stages);
  const told: Told[] = [];
  let held = 0;
  for (const { at, event } of stepsOf(test, config.file)) {
    if (event === undefined) {
      told.push(...rehearsal.hear(at));
      continue;
    }
    const judged = rehearsal.judge(admit(stages, event).event);
    told.push(...judged.told);
    held += judged.held.length;
  }
  told.push(...rehearsal.wait(test.wait));
  return { rule: rule.name, test: test.name, failures: failuresOf(test, told, held), told: told.map(lineOf) };
}

function failuresOf(test: RuleTest, told: readonly Told[], held: number): readonly string[] {
  const { fires, severity, destinations, title } = test;
  const failures: string[] = [];
  if (fires !== undefined && fires !== told.length) failures.push(`fires ${told.length} times, wanted ${fires}`);
  if (test.held !== undefined && test.held !== held) failures.push(`holds ${held} back, wanted ${test.held}`);
  for (const one of told) {
    if (severity !== undefined && one.severity !== severity) {
      failures.push(`severity is ${one.severity}, wanted ${severity}`);
    }
    if (destinations !== undefined && one.destinations.toSorted().join() !== destinations.toSorted().join()) {
      failures.push(`goes to ${one.destinations.join(', ')}, wanted ${destinations.join(', ')}`);
    }
  }
  if (title !== undefined && !told.some(({ event }) => titleOf(event).includes(title))) {
    failures.push(`no title contains ${JSON.stringify(title)}`);
  }
  return [...new Set(failures)];
}

function lineOf({ event }: Told): string {
  return `${isoTime(event.at)} ${titleOf(event)}`;
}
