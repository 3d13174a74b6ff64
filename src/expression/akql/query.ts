import type { SafeEvent } from '../../core/event.ts';
import { get, isObject } from '../../core/json.ts';
import { didYouMean } from '../../core/suggest.ts';
import { parseQuery, type Constant, type Query } from './parse.ts';

/** A compiled query, or what is wrong with it; `at` counts characters from 0. */
export type CompiledQuery =
  | { readonly ok: true; readonly matches: (event: SafeEvent) => boolean }
  | { readonly ok: false; readonly message: string; readonly at: number };

const sourceLengthMax = 8192;

/**
 * Compiles a query of authentik's event list over the events of its log. `~`, `startswith` and `endswith` ignore case, `=` and `in` do not.
 * A field that an event lacks equals None and nothing else. Fields that the log does not have (event_uuid, brand) are refused.
 */
export function compileQuery(source: string): CompiledQuery {
  if (source.length > sourceLengthMax)
    return { ok: false, message: `longer than ${sourceLengthMax} characters`, at: 0 };
  const query = parseQuery(source);
  if (!('kind' in query)) return { ok: false, ...query };
  const problem = problemIn(query);
  return problem === undefined ? { ok: true, matches: compile(query) } : { ok: false, ...problem };
}

type Field = (event: SafeEvent) => unknown;

const plain: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['action', (event) => event.action],
  ['app', (event) => event.app],
  ['client_ip', (event) => event.client_ip],
  ['created', (event) => event.at],
]);
const nested = ['user', 'context'] as const;
/** What authentik's own table has beyond its log. */
const absent = new Set(['event_uuid', 'brand', 'expires', 'expiring']);
const known = [...plain.keys(), ...nested];

function problemIn(query: Query): { readonly message: string; readonly at: number } | undefined {
  if (query.kind !== 'compare') return problemIn(query.left) ?? problemIn(query.right);
  const { field, at, operator, values } = query;
  const [head = '', ...path] = field.split('.');
  if (absent.has(head)) return { message: `authentik's log has no ${head}`, at };
  const isNested = nested.some((name) => name === head) && path.length > 0;
  if (!isNested && !(plain.has(head) && path.length === 0)) {
    return {
      message: `no field ${JSON.stringify(field)}${didYouMean(head, known)}; there are ${[...plain.keys()].join(', ')}, user.… and context.…`,
      at,
    };
  }
  const textual = operator === '~' || operator === 'startswith' || operator === 'endswith';
  if (textual && typeof values[0] !== 'string') return { message: `${operator} wants a text`, at };
  if (/[<>]/.test(operator) && typeof values[0] !== 'string' && typeof values[0] !== 'number') {
    return { message: `${operator} wants a number or a text`, at };
  }
  if (head === 'created' && !textual && values.some((value) => timeOf(value) === undefined)) {
    return { message: 'created is compared with a time: "2026-01-15" or "2026-01-15 09:00"', at };
  }
  return undefined;
}

function compile(query: Query): (event: SafeEvent) => boolean {
  if (query.kind === 'compare') return compileComparison(query);
  const left = compile(query.left);
  const right = compile(query.right);
  return query.kind === 'and' ? (event) => left(event) && right(event) : (event) => left(event) || right(event);
}

function compileComparison({
  field,
  operator,
  negated,
  values,
}: Query & { kind: 'compare' }): (event: SafeEvent) => boolean {
  const read = fieldOf(field);
  const times = field === 'created' && operator !== '~' && !operator.endsWith('with');
  const test = testOf(operator, times ? values.map((value) => timeOf(value) ?? null) : values);
  const asText = field === 'created' && !times;
  return (event) => {
    const value = read(event);
    return test(asText && typeof value === 'number' ? dateText(value) : value) !== negated;
  };
}

function fieldOf(field: string): Field {
  const simple = plain.get(field);
  if (simple !== undefined) return simple;
  const [head, ...path] = field.split('.');
  return (event) => {
    let value: unknown = head === 'user' ? event.user : event.context;
    for (const key of path) value = isObject(value) ? get(value, key) : undefined;
    return value;
  };
}

function testOf(operator: string, values: readonly Constant[]): (value: unknown) => boolean {
  const [wanted = null] = values;
  const lower = typeof wanted === 'string' ? wanted.toLowerCase() : '';
  switch (operator) {
    case '=':
    case 'in':
      return (value) => values.some((one) => one === (value ?? null));
    case '~':
      return (value) => typeof value === 'string' && value.toLowerCase().includes(lower);
    case 'startswith':
      return (value) => typeof value === 'string' && value.toLowerCase().startsWith(lower);
    case 'endswith':
      return (value) => typeof value === 'string' && value.toLowerCase().endsWith(lower);
    default:
      return (value) => ordered(operator, value, wanted);
  }
}

/** Only values of one type have an order. */
function ordered(operator: string, value: unknown, wanted: Constant): boolean {
  if (typeof value === 'number' && typeof wanted === 'number') return holds(operator, value - wanted);
  if (typeof value !== 'string' || typeof wanted !== 'string') return false;
  return holds(operator, value === wanted ? 0 : value > wanted ? 1 : -1);
}

function holds(operator: string, difference: number): boolean {
  if (difference === 0) return operator.endsWith('=');
  return operator.startsWith('>') === difference > 0;
}

/** `2026-01-15`, with ` 09:00` or ` 09:00:30`; UTC, as authentik's log has it. */
function timeOf(value: Constant): number | undefined {
  const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?$/.exec(value) : null;
  if (match === null) return undefined;
  const ms = Date.parse(`${match[1]}T${match[2] ?? '00:00'}${match[3] ?? ':00'}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function dateText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ');
}
