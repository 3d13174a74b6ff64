import { unreachable } from '../core/errors.ts';
import { knownApps, type SafeEvent } from '../core/event.ts';
import { parseAddress, parseNetwork, type Network } from '../expression/address.ts';
import { compileQuery } from '../expression/akql/query.ts';
import { matcherFields, type MatcherField, type PolicyConfig } from './policy-config.ts';
import { compileGlob } from './glob.ts';

/** An event matcher: every field that is set must match; a field that the event lacks never does. */
export interface Matcher {
  /** Two matchers that say the same have the same label. */
  readonly label: string;
  readonly matches: (event: SafeEvent) => boolean;
  /** False when no event with this action matches. */
  readonly mayMatch: (action: string) => boolean;
  /** The action alone decides. */
  readonly actionOnly: boolean;
  /** Why the event does not match, as a sentence; undefined when it does. */
  readonly mismatch: (event: SafeEvent) => string | undefined;
}

export interface MatcherProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Test = (text: string) => boolean;

interface FieldTest {
  readonly field: MatcherField;
  readonly wanted: string;
  /** Of the field's text; a query looks at the whole event. */
  readonly test: Test;
  readonly query?: (event: SafeEvent) => boolean;
}

/** Compiles the matcher fields of a policy, adding what is wrong with them to `problems`. */
export function compileMatcher(config: PolicyConfig, problems: MatcherProblem[]): Matcher {
  const tests: FieldTest[] = [];
  for (const field of matcherFields) {
    const value = config[field];
    if (field === 'query') {
      if (typeof value === 'string') tests.push(queryTest(value, problems));
    } else if (value !== undefined) {
      tests.push(fieldTest(field, value, problems));
    }
  }
  const action = tests.find((test) => test.field === 'action');
  return {
    label: tests.map(({ field, wanted }) => `${field}: ${wanted}`).join(', '),
    matches: (event) => tests.every((test) => fieldMatches(test, event)),
    mayMatch: (name) => action === undefined || action.test(name),
    actionOnly: action !== undefined && tests.length === 1,
    mismatch: (event) => {
      const failed = tests.find((test) => !fieldMatches(test, event));
      return failed === undefined ? undefined : sentence(failed, event);
    },
  };
}

function fieldMatches({ field, test, query }: FieldTest, event: SafeEvent): boolean {
  if (query !== undefined) return query(event);
  if (field === 'application') return applicationMatches(test, event);
  const value = read(field, event);
  return typeof value === 'string' && test(value);
}

/** By name or by key; authentik's own name wins nothing over the key. */
function applicationMatches(test: Test, event: SafeEvent): boolean {
  const { name, pk } = event.application ?? {};
  return (name !== undefined && test(name)) || (pk !== undefined && test(String(pk)));
}

function read(field: MatcherField, event: SafeEvent): string | undefined {
  switch (field) {
    case 'action':
      return event.action;
    case 'client_ip':
      return event.client_ip;
    case 'app':
      return event.app;
    case 'model':
      return event.model === undefined ? undefined : `${event.model.app}.${event.model.model_name}`;
    case 'username':
      return event.user.username;
    case 'application':
      return event.application?.name ?? event.application?.pk?.toString();
    case 'schema_name':
      return event.schema_name;
    case 'query':
      return undefined;
    default:
      return unreachable(field);
  }
}

function sentence({ field, wanted, query }: FieldTest, event: SafeEvent): string {
  if (query !== undefined) return `the query ${wanted} is false`;
  const value = read(field, event);
  return value === undefined ? `the event has no ${field}` : `${field} is ${value}, not ${wanted}`;
}

function fieldTest(field: MatcherField, value: string | readonly string[], problems: MatcherProblem[]): FieldTest {
  const values = typeof value === 'string' ? [value] : value;
  const path = (index: number): readonly (string | number)[] => (typeof value === 'string' ? [field] : [field, index]);
  const tests = values.map((item, index) => {
    const test = field === 'client_ip' ? addressTest(item) : compileGlob(item);
    if (item === '') problems.push({ path: path(index), message: 'empty' });
    else if (test === undefined) problems.push({ path: path(index), message: notAnAddress(item) });
    else if (field === 'app' && ![...knownApps].some(test)) problems.push({ path: path(index), message: noApp(item) });
    return test ?? (() => false);
  });
  if (values.length === 0) problems.push({ path: [field], message: 'empty' });
  const [only] = tests;
  const exact = field !== 'client_ip' && values.every((item) => !item.includes('*'));
  return {
    field,
    wanted: values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`,
    test: only !== undefined && tests.length === 1 ? only : exact ? setTest(values) : anyTest(tests),
  };
}

function queryTest(source: string, problems: MatcherProblem[]): FieldTest {
  const compiled = compileQuery(source);
  if (compiled.ok) return { field: 'query', wanted: source, test: () => false, query: compiled.matches };
  problems.push({ path: ['query'], message: `${compiled.message} (at character ${compiled.at + 1})` });
  return { field: 'query', wanted: source, test: () => false, query: () => false };
}

function notAnAddress(text: string): string {
  return `${JSON.stringify(text)} is neither an IP address nor a network`;
}

/** authentik's own form offers names of Django apps there, which its events never have. */
function noApp(text: string): string {
  const known = [...knownApps].sort().join(', ');
  return `no event has the app ${JSON.stringify(text)}; known: ${known}. For the app of a changed object write "model: authentik_core.*"`;
}

function setTest(values: readonly string[]): Test {
  const set = new Set(values);
  return (text) => set.has(text);
}

function anyTest(tests: readonly Test[]): Test {
  return (text) => tests.some((test) => test(text));
}

/** A glob over the text, or a network (a single address is one) however the event spells its address. */
function addressTest(value: string): Test | undefined {
  if (value.includes('*')) return compileGlob(value);
  const network = parseNetwork(value);
  return network === undefined ? undefined : (text) => text === value || contains(network, text);
}

function contains(network: Network, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && network.contains(address);
}
