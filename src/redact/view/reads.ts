import { always, isOf, overlap, readings, resolvePath } from './paths.ts';

type Path = readonly string[];

/** Keys of a context and the readings of them. */
const readingsByKey: ReadonlyMap<string, string> = new Map(
  [...readings].flatMap(([name, keys]) => keys.map((key) => [key, name] as const)),
);

/** Whether what a rule tells events apart by, without `event.` before it, is a path. All else may read anything and make up any text. */
export function isPath(expression: string): boolean {
  return /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(expression);
}

/** A path into the context as one of a reading of it: `geo.city` for `context.geo.city`. All others are as they were. */
export function asReading(path: string): string {
  const [top, key = '', ...rest] = path.split('.');
  const reading = top === 'context' ? readingsByKey.get(key) : undefined;
  return reading === undefined ? path : [reading, ...rest].join('.');
}

/** Whether an expression by which a rule tells events apart may read one of these fields or a part of one. */
export function mayRead(expression: string, fields: readonly Path[]): boolean {
  if (always.includes(expression)) return false;
  return placesOf(expression)?.some((path) => fields.some((field) => overlap(path, field))) ?? true;
}

/** Whether an expression by which a rule tells events apart reads nothing but these fields, parts of them and what is always shown. */
export function readsOnly(expression: string, fields: readonly Path[]): boolean {
  return always.includes(expression) || (placesOf(expression)?.every((path) => isOf(path, fields)) ?? false);
}

/** Whether an expression by which a rule tells events apart reads one of these fields, not a part of one, and nothing else. */
export function isOneOf(expression: string, fields: readonly Path[]): boolean {
  const isField = (path: Path): boolean => fields.some((field) => path.length === field.length && isOf(path, [field]));
  return placesOf(expression)?.some(isField) ?? false;
}

/** Where the field stands that an expression is; undefined for one that may read anything. */
function placesOf(expression: string): readonly Path[] | undefined {
  const places = isPath(expression) ? resolvePath(expression) : undefined;
  return typeof places === 'string' ? undefined : places;
}
