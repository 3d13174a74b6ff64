import { isObject } from '../core/json.ts';
import { didYouMean } from '../core/suggest.ts';
import { ruleSchema, type RuleConfig } from '../rules/config.ts';
import { compileRules } from '../rules/rules.ts';
import type { Reader } from './reader.ts';
import { load } from './value.ts';

/** Reads `rules`: each against its schema, then all that are right together, so that one mistake hides no other. */
export function readRules(value: unknown, destinations: readonly string[], reader: Reader): readonly RuleConfig[] {
  if (value === undefined || value === null) {
    reader.warning(['rules'], 'no rules, so nothing is ever sent', 'key');
    return [];
  }
  if (!Array.isArray(value)) {
    reader.problem(['rules'], 'expected a list: start each rule with "- name: …"');
    return [];
  }
  const places: number[] = [];
  const rules = value.flatMap((rule: unknown, index) => {
    checkDestinations(rule, index, destinations, reader);
    const checked = reader.check(ruleSchema, rule, ['rules', index]);
    if (checked === undefined) return [];
    const loaded = load(ruleSchema, checked);
    places.push(index);
    if (loaded.policies.length === 0) reader.warning(['rules', index], 'a rule without policies never fires', 'key');
    return [loaded];
  });
  for (const { path, message } of compileRules(rules).problems) {
    const [index, ...inner] = path;
    reader.foreignProblem(['rules', places[Number(index)] ?? 0, ...inner], message);
  }
  return rules;
}

function checkDestinations(rule: unknown, index: number, known: readonly string[], reader: Reader): void {
  destinationsOf(rule).forEach((name, position) => {
    if (typeof name !== 'string' || known.includes(name)) return;
    const hint = didYouMean(name, known);
    const list = known.length === 0 ? '' : `; known: ${known.join(', ')}`;
    reader.problem(['rules', index, 'destinations', position], `no such destination${hint === '' ? list : hint}`);
  });
}

/** Warns about destinations that no rule names: nothing is ever sent there. */
export function warnUnused(rules: unknown, destinations: Iterable<string>, reader: Reader): void {
  const used = new Set(Array.isArray(rules) ? rules.flatMap(destinationsOf) : []);
  for (const name of destinations) {
    if (!used.has(name)) reader.warning(['destinations', name], 'no rule sends anything here', 'key');
  }
}

function destinationsOf(rule: unknown): readonly unknown[] {
  const list = isObject(rule) ? rule['destinations'] : undefined;
  return Array.isArray(list) ? list : [];
}
