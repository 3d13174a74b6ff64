import { ownActions } from '../../core/action.ts';
import type { Event } from '../../core/event.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { isKnownKey, isOwnKey } from './known.ts';
import type { Selection } from './options.ts';
import { isInPlaces, isInTitles, isPath, mayRead } from './paths.ts';
import { hideQuoted, type Hiding } from './quoted.ts';
import { knownBelow, knownPerson } from './shapes.ts';

/** The parts of an event that can be left out. */
export type Parts = Pick<
  Event,
  'user' | 'context' | 'origin' | 'client_ip' | 'request_id' | 'schema_name' | 'domain_url'
>;

/** Leaves out of an event what a view does not show. */
export type Select = (action: string, parts: Parts) => Parts;

/** Keys below a key; `all`: everything that is there. */
interface Paths {
  all: boolean;
  readonly below: Map<string, Paths>;
}

export function createSelect({ allow, deny, context }: Selection): Select {
  const denied = pathsOf(deny);
  const allowed = allow && pathsOf([...allow, ...context.map((key) => ['context', key])]);
  const named: ReadonlySet<string> = new Set(context);
  const hidesTitles = deny.some(isInTitles);
  const hiding = { titles: () => hidesTitles, places: deny.some(isInPlaces) };
  return (action, parts) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all its fields are JSON
    const whole = parts as unknown as JsonObject;
    const own = ownActions.has(action);
    const kept =
      allowed === undefined
        ? { ...whole, user: knownPerson(whole['user']), context: knownOnly(whole['context'], action, named) }
        : { ...keep(whole, allowed), ...(own && { context: ownFacts(whole['context'], allowed) }) };
    const {
      user = {},
      context: shown = {},
      origin = {},
      ...rest
    } = drop(
      own && deny.length > 0 ? { ...kept, context: withoutDenied(kept['context'], deny, hiding) } : kept,
      denied,
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parts are left out, none is changed
    return { user, context: shown, origin, ...rest } as unknown as Parts;
  };
}

function pathsOf(list: readonly (readonly string[])[]): Paths {
  const root: Paths = { all: false, below: new Map() };
  for (const path of list) {
    let paths = root;
    for (const key of path) {
      const next = paths.below.get(key) ?? { all: false, below: new Map() };
      paths.below.set(key, next);
      paths = next;
    }
    paths.all = true;
  }
  return root;
}

/** A person in `user` is shown like any other there: the impersonated one, the session's. */
const people: ReadonlySet<string> = new Set(['on_behalf_of', 'authenticated_as']);

function keep(value: JsonObject, paths: Paths): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const below = paths.below.get(key) ?? (people.has(key) && isObject(item) ? paths : undefined);
      if (below === undefined) return [];
      const kept = below.all ? item : keepAny(item, below);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

function keepAny(item: Json, paths: Paths): Json | undefined {
  if (Array.isArray(item)) return item.flatMap((one: Json) => keepAny(one, paths) ?? []);
  return isObject(item) ? keep(item, paths) : undefined;
}

function drop(value: JsonObject, paths: Paths): JsonObject {
  if (paths.below.size === 0) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const below = paths.below.get(key) ?? (people.has(key) && isObject(item) ? paths : undefined);
      return below?.all === true ? [] : [[key, below === undefined ? item : dropAny(item, below)]];
    }),
  );
}

function dropAny(item: Json, paths: Paths): Json {
  if (Array.isArray(item)) return item.map((one: Json) => dropAny(one, paths));
  return isObject(item) ? drop(item, paths) : item;
}

function knownOnly(context: Json | undefined, action: string, named: ReadonlySet<string>): JsonObject {
  if (!isObject(context)) return {};
  const known = only(context, (key) => isKnownKey(key, action) || named.has(key));
  return mapped(known, (key, item) => (named.has(key) || isOwnKey(key, action) ? item : knownBelow(key, item)));
}

/** The same object when all its keys stay. */
function only(value: JsonObject, stays: (key: string) => boolean): JsonObject {
  if (Object.keys(value).every(stays)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => stays(key)));
}

/** The same object when all its values stay. */
function mapped(value: JsonObject, map: (key: string, item: Json) => Json): JsonObject {
  const entries = Object.entries(value).map(([key, item]) => [key, map(key, item)] as const);
  return entries.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(entries);
}

/** What herald's own events say of others. */
const quotes: ReadonlySet<string> = new Set(['by', 'top', 'values', 'steps', 'last_event', 'from', 'to']);

/** Of herald's own events an allow-list keeps what they are about; of what they quote it keeps the values of allowed fields. */
function ownFacts(context: Json | undefined, allowed: Paths): JsonObject {
  if (!isObject(context)) return {};
  const whole = allowed.below.get('context');
  const shows = (expression: Json): boolean =>
    typeof expression === 'string' && isPath(expression) && allows(allowed, expression.split('.'));
  return Object.fromEntries(
    Object.entries(context).flatMap(([key, item]) => {
      if (!quotes.has(key) || whole?.all === true || whole?.below.get(key)?.all === true) return [[key, item]];
      if ((key === 'by' || key === 'top') && isObject(item)) {
        return [[key, Object.fromEntries(Object.entries(item).filter(([name]) => shows(name)))]];
      }
      return key === 'values' && shows(context['distinct'] ?? null) ? [[key, item]] : [];
    }),
  );
}

/** Of what herald's own events quote, all but what may tell of denied fields: values of expressions, titles, places. */
function withoutDenied(context: Json | undefined, deny: Selection['deny'], hiding: Hiding): JsonObject {
  if (!isObject(context)) return {};
  const stays = (expression: Json | undefined): boolean => typeof expression !== 'string' || !mayRead(expression, deny);
  const named = (item: Json): Json => (isObject(item) ? only(item, stays) : item);
  const shown = mapped(hideQuoted(context, hiding), (key, item) =>
    key === 'by' || key === 'top' ? named(item) : item,
  );
  return stays(context['distinct']) ? shown : only(shown, (key) => key !== 'values');
}

function allows(paths: Paths, path: readonly string[]): boolean {
  let here: Paths | undefined = paths;
  for (const key of path) {
    here = here.below.get(key);
    if (here === undefined) return false;
    if (here.all) return true;
  }
  return false;
}
