import { unportable } from './syntax.ts';
import { level, literal, make, operand, quote, strict, type CelType, type Lookup, type Value } from './value.ts';

/** Keys of authentik's event context that hold a dictionary whenever they are there. */
const dictionaries: ReadonlySet<string> = new Set([
  'geo',
  'asn',
  'http_request',
  'args',
  'auth_method_args',
  'model',
  'authorized_application',
  'application',
  'stage',
  'source',
  'provider',
  'outpost',
  'device',
  'secret',
  'token',
  'diff',
  'on_behalf_of',
  'authenticated_as',
]);

/** Keys of the event's user that hold a text whenever they are there. */
const userTexts: ReadonlySet<string> = new Set(['username', 'email']);

/** `value[index]`: a missing key fails, as it raises in Python. */
export function item(value: Value, index: Value, at: number): Value {
  const base = strict(value);
  const key = index.constant?.value;
  if (base.entries !== undefined && typeof key === 'string') {
    return (
      base.entries.findLast(([name]) => name === key)?.[1] ?? unportable(`the key ${quote(key)} is never there`, at)
    );
  }
  if (typeof key === 'string' && (base.type === 'map' || base.type === 'dyn')) {
    return make(`${operand(base, level.member)}[${index.text}]`, level.member, typeAt(base, key), {
      operands: [base],
      raises: true,
    });
  }
  if (typeof key === 'number' && key >= 0 && Number.isInteger(key)) return place(base, key, at);
  return unportable('only a text or a number from 0 can be an index', at);
}

function place(base: Value, index: number, at: number): Value {
  const made = { operands: [base], raises: true };
  const text = `${operand(base, level.member)}[${index}]`;
  const letter = `${operand(base, level.member)}.substring(${index}, ${index + 1})`;
  if (base.type === 'list') return base.items?.[index] ?? make(text, level.member, 'dyn', made);
  if (base.type === 'string') return make(letter, level.member, 'string', made);
  if (base.type !== 'dyn') return unportable('only a text or a number from 0 can be an index', at);
  return make(`type(${base.text}) == string ? ${letter} : ${text}`, level.choice, 'dyn', made);
}

function typeAt(base: Value, key: string): CelType {
  return base.text === 'event.user' && userTexts.has(key) ? 'string' : 'dyn';
}

/** `value.get(key, fallback)`; a value that is no dictionary fails, as it raises in Python. */
export function get(value: Value, key: string, fallback: Value, at: number): Value {
  if (value.entries !== undefined) return value.entries.findLast(([name]) => name === key)?.[1] ?? fallback;
  const { lookup } = value;
  const inner = lookup !== undefined && dictionaries.has(lookup.key);
  if (inner && isEmptyMap(lookup.fallback)) {
    return optional({ base: value, key, optional: `${lookup.optional}[?${quote(key)}]`, fallback }, [lookup.base]);
  }
  const base = strict(value);
  if (base.type === 'map' || (inner && base.type === 'dyn' && value.strict !== undefined)) {
    return optional({ base, key, optional: `${operand(base, level.member)}[?${quote(key)}]`, fallback }, [base]);
  }
  if (base.type !== 'dyn') return unportable('only a dictionary has .get()', at);
  // What is no dictionary fails as a whole: no text and no list has such an item.
  const [plain, part] = [operand(base, level.member), quote(key)];
  const text = `type(${base.text}) == map ? ${plain}[?${part}].orValue(${fallback.text}) : ${plain}[${part}]`;
  return make(text, level.choice, 'dyn', { operands: [base, fallback], raises: true });
}

function optional(lookup: Lookup, operands: readonly Value[]): Value {
  const { base, key, fallback } = lookup;
  const type = typeAt(base, key);
  const value = make(
    `${lookup.optional}.orValue(${fallback.text})`,
    level.member,
    fallback.type === type ? type : 'dyn',
    {
      operands: [...operands, fallback],
    },
  );
  const missing = fallback.constant?.value === null;
  return { ...value, lookup, ...(missing && { strict: item(base, literal(key), 0) }) };
}

/** `value or {}` where the value is a dictionary or missing. */
export function orEmpty(value: Value, other: Value): Value | undefined {
  const { lookup } = value;
  if (lookup === undefined || !dictionaries.has(lookup.key) || !isEmptyMap(other)) return undefined;
  const absent = lookup.fallback.constant?.value === null || isEmptyMap(lookup.fallback);
  return absent ? optional({ ...lookup, fallback: other }, [lookup.base]) : undefined;
}

function isEmptyMap(value: Value): boolean {
  return value.entries?.length === 0;
}
