import { alertAction } from '../../core/action.ts';
import { didYouMean } from '../../core/suggest.ts';
import { isKnownKey, knownContextKeys } from './known.ts';
import type { Selection } from './options.ts';

type Path = readonly string[];

/** Keys of the event as it is stored, each with those below it; `undefined`: any. */
const stored: ReadonlyMap<string, readonly string[] | undefined> = new Map<string, readonly string[] | undefined>([
  ['user', ['username', 'email', 'pk', 'is_anonymous', 'on_behalf_of', 'authenticated_as']],
  ['client_ip', []],
  ['request_id', []],
  ['schema_name', []],
  ['domain_url', []],
  ['origin', ['namespace', 'pod', 'container', 'stream']],
  ['context', undefined],
]);

/** Readings of the context and where they come from. */
export const readings: ReadonlyMap<string, readonly string[]> = new Map([
  ['model', ['model']],
  ['application', ['authorized_application', 'application']],
  ['geo', ['geo']],
  ['asn', ['asn']],
  ['http', ['http_request']],
  ['message', ['message']],
  ['exception', ['exception']],
  ['diff', ['diff']],
]);

/** What no view leaves out: without it nothing can be told apart. */
export const always: readonly string[] = ['id', 'at', 'action', 'app'];

/** Names that can be written, for suggestions. */
const names: readonly string[] = [
  ...[...stored].flatMap(([key, below]) => [key, ...(below ?? []).map((inner) => `${key}.${inner}`)]),
  ...readings.keys(),
  ...['username', 'user_agent', 'path', 'method', 'args'].map((key) =>
    key === 'username' ? 'context.username' : `http.${key}`,
  ),
  ...[...knownContextKeys].map((key) => `context.${key}`),
];

/** Where in a stored event a field stands, which may be several places; or in words what is wrong with its name. */
export function resolvePath(name: string): readonly Path[] | string {
  const path = name.split('.');
  const [top = '', ...rest] = path;
  if (path.includes('')) return 'not a field: write it as user.email or context.reason';
  if (top === 'event') return `write it without "event.": ${rest.join('.')}`;
  if (always.includes(top)) return `always shown, because nothing can be told without it: remove it`;
  const places = readings.get(top);
  if (places !== undefined) return places.map((key) => ['context', key, ...rest]);
  if (name === 'request_id') return [path, ['context', 'http_request', name]];
  if (!stored.has(top)) return unknown(name);
  const below = stored.get(top);
  const [key] = rest;
  if (below === undefined || key === undefined) return [path];
  if (key === 'on_behalf_of' || key === 'authenticated_as') {
    return rest.length === 1
      ? [path]
      : `people are alike: write user.${rest.slice(1).join('.')}, which means everybody's`;
  }
  return below.includes(key) && rest.length === 1 ? [path] : unknown(name);
}

function unknown(name: string): string {
  const hint = didYouMean(name, names);
  return `no field of an event${hint === '' ? `; there are ${[...stored.keys(), ...readings.keys()].join(', ')}` : hint}`;
}

/** Whether an expression that reads `event.<name>` finds it in the view. */
export function isVisible(name: string, { allow, deny, context }: Selection): boolean {
  const resolved = resolvePath(name);
  if (typeof resolved === 'string') return true;
  return resolved.some((path) => {
    if (isOf(path, deny)) return false;
    const [top, key] = path;
    if (top === 'context' && key !== undefined && context.includes(key)) return true;
    if (allow === undefined)
      return top !== 'context' || key === undefined || isKnownKey(key, '') || isKnownKey(key, alertAction);
    return allow.some((allowed) => overlap(path, allowed));
  });
}

/** What no title of a message tells; and names and addresses, which are hidden in it wherever they stand. */
const untold: readonly Path[] = (
  'user.username user.email user.is_anonymous client_ip request_id schema_name domain_url context.asn context.diff ' +
  'context.http_request.method context.http_request.args context.http_request.user_agent context.http_request.request_id'
)
  .split(' ')
  .map((name) => name.split('.'));

/** Whether titles of messages may tell of the field. */
export function isInTitles(path: Path): boolean {
  return !isOf(path, untold);
}

/** Whether places of events may tell of the field. */
export function isInPlaces(path: Path): boolean {
  return overlap(path, ['context', 'geo']);
}

/** Whether all of a field is shown. */
export function isShown(path: Path, { allow, deny }: Selection): boolean {
  if (isOf(path, deny)) return false;
  return allow === undefined || isOf(path, allow);
}

/** Whether a field is one of these or a part of one. */
export function isOf(path: Path, fields: readonly Path[]): boolean {
  return fields.some((field) => startsWith(path, field));
}

/** Whether one field is the other or a part of it. */
export function overlap(a: Path, b: Path): boolean {
  return startsWith(a, b) || startsWith(b, a);
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, at) => path[at] === key);
}
