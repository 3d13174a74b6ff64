import { ownActions } from '../../core/action.ts';
import type { Event } from '../../core/event.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { isKnownKey, isOwnKey } from './known.ts';
import { mapEntries, onlyKeys } from './map.ts';
import type { Selection } from './options.ts';
import { allowedFacts, withoutDenied } from './own.ts';
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
  const keepShown =
    allow === undefined
      ? knownParts(new Set(context))
      : allowedParts([...allow, ...context.map((key) => ['context', key])]);
  return (action, parts) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all its fields are JSON
    const kept = keepShown(parts as unknown as JsonObject, action);
    const quoting = deny.length > 0 && ownActions.has(action);
    const {
      user = {},
      context: shown = {},
      origin = {},
      ...rest
    } = drop(quoting ? { ...kept, context: withoutDenied(kept['context'], deny) } : kept, denied);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parts are left out, none is changed
    return { user, context: shown, origin, ...rest } as unknown as Parts;
  };
}

/** What is shown before anything is denied. */
type Keep = (whole: JsonObject, action: string) => JsonObject;

function knownParts(named: ReadonlySet<string>): Keep {
  return (whole, action) => ({
    ...whole,
    user: knownPerson(whole['user']),
    context: knownOnly(whole['context'], action, named),
  });
}

function allowedParts(allow: readonly (readonly string[])[]): Keep {
  const paths = pathsOf(allow);
  return (whole, action) => ({
    ...keep(whole, paths),
    ...(ownActions.has(action) && { context: allowedFacts(whole['context'], allow) }),
  });
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
  const known = onlyKeys(context, (key) => isKnownKey(key, action) || named.has(key));
  return mapEntries(known, (key, item) => (named.has(key) || isOwnKey(key, action) ? item : knownBelow(key, item)));
}
