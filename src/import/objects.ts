import { createResolver, type Surroundings } from './blueprint/resolve.ts';
import type { Blueprint, Entry } from './blueprint/entries.ts';
import type { Raw } from './blueprint/raw.ts';
import { refuse } from './blueprint/refusal.ts';
import { canonical, type Resolved } from './blueprint/resolved.ts';
import type { Place } from './findings.ts';

/** The kinds of objects that notifications are made of; all others are left alone. */
export const models = {
  transport: 'authentik_events.notificationtransport',
  mapping: 'authentik_events.notificationwebhookmapping',
  rule: 'authentik_events.notificationrule',
  matcher: 'authentik_policies_event_matcher.eventmatcherpolicy',
  expression: 'authentik_policies_expression.expressionpolicy',
  binding: 'authentik_policies.policybinding',
  group: 'authentik_core.group',
  user: 'authentik_core.user',
  certificate: 'authentik_crypto.certificatekeypair',
} as const;

const wanted: ReadonlySet<string> = new Set(Object.values(models));

/** An object that blueprints describe, with everything that they say about it. */
export interface BlueprintObject {
  readonly model: string;
  readonly fields: Map<string, Resolved>;
  readonly at: Place;
}

/** What a field refers to: an object, something that no blueprint describes, or nothing. */
export type Target =
  | { readonly kind: 'object'; readonly object: BlueprintObject }
  | { readonly kind: 'unknown'; readonly reference: Resolved }
  | { readonly kind: 'none' };

/** All objects of all blueprints. */
export interface Objects {
  of(model: string): readonly BlueprintObject[];
  target(reference: Resolved | undefined): Target;
  /** How many objects of other kinds there were, by model. */
  readonly others: ReadonlyMap<string, number>;
}

/** Puts the entries of blueprints together in their order, as authentik applies them: later ones change what earlier ones made. */
export function collectObjects(blueprints: readonly Blueprint[], outside: Omit<Surroundings, 'object'>): Objects {
  const all: BlueprintObject[] = [];
  const byEntry = new Map<Entry, BlueprintObject>();
  const others = new Map<string, number>();
  for (const blueprint of blueprints) {
    const resolve = createResolver(blueprint, { ...outside, object: (find) => findObject(find)?.fields });
    for (const entry of blueprint.entries) apply(entry, resolve);
  }
  return { of: (model) => all.filter((object) => object.model === model), target, others };

  function apply(entry: Entry, resolve: (raw: Raw) => Resolved): void {
    const model = textField(entry.model, resolve).toLowerCase();
    if (model === '') refuse('an entry without "model"', entry.at);
    if (!wanted.has(model)) {
      others.set(model, (others.get(model) ?? 0) + 1);
      return;
    }
    if (entry.conditions !== undefined && !conditionsHold(resolve(entry.conditions))) return;
    const state = textField(entry.state, resolve) || 'present';
    const identifiers = fieldsOf(entry.identifiers, resolve);
    const known = all.find((object) => object.model === model && isSame(object, identifiers));
    if (state === 'absent') {
      if (known !== undefined) all.splice(all.indexOf(known), 1);
      return;
    }
    const object = known ?? { model, fields: new Map(), at: entry.at };
    byEntry.set(entry, object);
    if (known === undefined) all.push(object);
    else if (state === 'created') return;
    for (const [name, value] of [...fieldsOf(entry.attrs, resolve), ...identifiers]) object.fields.set(name, value);
  }

  /** By primary key, or by all other identifiers together. */
  function isSame({ fields }: BlueprintObject, identifiers: ReadonlyMap<string, Resolved>): boolean {
    const { pk, rest } = split(identifiers);
    if (pk !== undefined && sameKey(fields.get('pk'), pk)) return true;
    return rest.length > 0 && rest.every(([name, value]) => sameValue(fields.get(name), value));
  }

  function sameValue(a: Resolved | undefined, b: Resolved): boolean {
    if (a === undefined) return false;
    if (canonical(a) === canonical(b)) return true;
    // What is looked for may itself be described by what is looked for.
    if (a.kind === 'find' || b.kind === 'find') return false;
    const [first, second] = [target(a), target(b)];
    return first.kind === 'object' && second.kind === 'object' && first.object === second.object;
  }

  function target(reference: Resolved | undefined): Target {
    if (reference === undefined || (reference.kind === 'value' && reference.value === null)) return { kind: 'none' };
    const object =
      reference.kind === 'key'
        ? byEntry.get(reference.entry)
        : reference.kind === 'find'
          ? findObject(reference)
          : all.find(({ fields }) => sameKey(fields.get('pk'), reference));
    return object === undefined ? { kind: 'unknown', reference } : { kind: 'object', object };
  }

  function findObject({ model, fields }: Resolved & { kind: 'find' }): BlueprintObject | undefined {
    return all.find(
      (object) =>
        object.model === model &&
        [...fields].every(([name, value]) =>
          name === 'pk' ? sameKey(object.fields.get('pk'), value) : sameValue(object.fields.get(name), value),
        ),
    );
  }
}

function split(identifiers: ReadonlyMap<string, Resolved>) {
  return { pk: identifiers.get('pk'), rest: [...identifiers].filter(([name]) => name !== 'pk') };
}

/** Primary keys are numbers or UUIDs, which have more than one spelling. */
function sameKey(a: Resolved | undefined, b: Resolved): boolean {
  if (a?.kind !== 'value' || b.kind !== 'value' || a.value === null || b.value === null) return false;
  return keyText(a.value) === keyText(b.value);
}

function keyText(key: string | number | boolean): string {
  return String(key).replaceAll('-', '').toLowerCase();
}

function textField(raw: Raw | undefined, resolve: (raw: Raw) => Resolved): string {
  const value = raw === undefined ? undefined : resolve(raw);
  return value?.kind === 'value' && value.value !== null ? String(value.value) : '';
}

function fieldsOf(raw: Raw | undefined, resolve: (raw: Raw) => Resolved): ReadonlyMap<string, Resolved> {
  const value = raw === undefined ? undefined : resolve(raw);
  if (value === undefined || (value.kind === 'value' && value.value === null)) return new Map();
  return value.kind === 'map' ? value.entries : refuse('a mapping is wanted here', value.at);
}

function conditionsHold(conditions: Resolved): boolean {
  if (conditions.kind !== 'list') return true;
  return conditions.items.every((item) => item.kind !== 'value' || Boolean(item.value));
}
