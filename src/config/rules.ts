import { isObject } from '../core/json.ts';
import { didYouMean } from '../core/suggest.ts';
import { ruleSchema, type RuleConfig } from '../rules/config.ts';
import { compileRules } from '../rules/compile.ts';
import { silencesSchema, type SilenceConfig } from '../rules/silence.ts';
import type { IncludedRule } from './include.ts';
import type { Reader } from './reader.ts';
import { load } from './value.ts';

/** What `rules` and `silences` say together. */
export interface ReadRules {
  readonly rules: readonly RuleConfig[];
  readonly silences: readonly SilenceConfig[];
}

/** Reads `rules` and `silences`: each against its schema, then all that are right together, so that one mistake hides no other. */
export function readRules(
  values: { readonly rules: unknown; readonly silences: unknown; readonly included: readonly IncludedRule[] },
  destinations: readonly string[],
  reader: Reader,
): ReadRules {
  const own = readList(values.rules, values.included.length > 0, reader);
  const rules = [...own, ...values.included].flatMap((rule) => readRule(rule, destinations));
  const silences = readSilences(values.silences, reader);
  const compiled = compileRules(
    rules.map(({ config }) => config),
    silences.map(({ config }) => config),
  );
  for (const [section, list, problems] of [
    ['rules', rules, compiled.problems],
    ['silences', silences, compiled.silenceProblems],
  ] as const) {
    for (const { path, message } of problems) {
      const [index, ...inner] = path;
      const entry = list[Number(index)];
      entry?.reader.foreignProblem([section, entry.place, ...inner], message);
    }
  }
  return { rules: rules.map(({ config }) => config), silences: silences.map(({ config }) => config) };
}

/** An entry that is right by itself, with its place in the file's list. */
interface Placed<T> {
  readonly config: T;
  readonly place: number;
  /** Of the file that it stands in. */
  readonly reader: Reader;
}

function readSilences(value: unknown, reader: Reader): readonly Placed<SilenceConfig>[] {
  if (value === undefined || value === null) return [];
  const checked = reader.check(silencesSchema, value, ['silences']);
  return checked === undefined ? [] : load(silencesSchema, checked).map((config, place) => ({ config, place, reader }));
}

/** The rules of the configuration itself, as written. */
function readList(value: unknown, hasOthers: boolean, reader: Reader): readonly IncludedRule[] {
  if (value === undefined || value === null) {
    if (!hasOthers) reader.warning(['rules'], 'no rules, so nothing is ever sent', 'key');
    return [];
  }
  if (!Array.isArray(value)) {
    reader.problem(['rules'], 'expected a list: start each rule with "- name: …"');
    return [];
  }
  return value.map((rule: unknown, place) => ({ value: rule, place, reader }));
}

function readRule(
  { value, place, reader }: IncludedRule,
  destinations: readonly string[],
): readonly Placed<RuleConfig>[] {
  checkDestinations(value, place, destinations, reader);
  const checked = reader.check(ruleSchema, value, ['rules', place]);
  if (checked === undefined) return [];
  const config = load(ruleSchema, checked);
  if (config.policies.length === 0 && config.absence?.of !== 'lines') {
    reader.warning(['rules', place], 'a rule without policies never fires', 'key');
  }
  return [{ config, place, reader }];
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
export function warnUnused(rules: readonly unknown[], destinations: Iterable<string>, reader: Reader): void {
  const used = new Set(rules.flatMap(destinationsOf));
  for (const name of destinations) {
    if (!used.has(name)) reader.warning(['destinations', name], 'no rule sends anything here', 'key');
  }
}

function destinationsOf(rule: unknown): readonly unknown[] {
  const list = isObject(rule) ? rule['destinations'] : undefined;
  return Array.isArray(list) ? list : [];
}
