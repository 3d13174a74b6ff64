import { textOf, type Resolved } from '../blueprint/resolved.ts';
import type { Place } from '../findings.ts';
import { models, type BlueprintObject, type Objects } from '../objects.ts';
import type { Person } from '../python/scope.ts';
import { labelOf } from './labels.ts';

/** One user to whom authentik would send: of the event, of a group, or of a group whose members no blueprint tells. */
export type Recipient =
  | { readonly kind: 'event user' }
  | ({ readonly kind: 'member'; readonly active: boolean; readonly at: Place } & Person)
  | { readonly kind: 'unknown'; readonly group: string };

/** The users to whom a rule's notifications go, in authentik's order: the event's user, then the direct members of the group. */
export function recipientsOf(rule: BlueprintObject, objects: Objects): readonly Recipient[] {
  const eventUser = booleanOf(rule.fields.get('destination_event_user'));
  return [...(eventUser ? [{ kind: 'event user' } as const] : []), ...groupRecipients(rule, objects)];
}

function groupRecipients(rule: BlueprintObject, objects: Objects): readonly Recipient[] {
  const reference = groupReference(rule);
  const target = objects.target(reference);
  if (target.kind === 'none') return [];
  const unknown = { kind: 'unknown', group: labelOf(reference, objects) } as const;
  if (target.kind === 'unknown') return [unknown];
  const members = directMembers(target.object, objects);
  return members === undefined ? [unknown] : members.map((user) => recipient(user));
}

/** The field was named `group` before 2025.8. */
export function groupReference({ fields }: BlueprintObject): Resolved | undefined {
  const current = fields.get('destination_group');
  return current === undefined || (current.kind === 'value' && current.value === null) ? fields.get('group') : current;
}

function recipient({ fields, at }: BlueprintObject): Recipient {
  const active = fields.get('is_active');
  return {
    kind: 'member',
    username: textOf(fields.get('username')),
    email: textOf(fields.get('email')) || undefined,
    active: !(active?.kind === 'value' && active.value === false),
    at,
  };
}

/** The users of a group itself; undefined when the blueprints say nothing about them. */
export function directMembers(group: BlueprintObject, objects: Objects): readonly BlueprintObject[] | undefined {
  const listed = group.fields.get('users');
  const references = listed?.kind === 'list' ? listed.items : [];
  const targets = references.map((reference) => objects.target(reference));
  if (targets.some(({ kind }) => kind === 'unknown')) return undefined;
  const named = targets.flatMap((target) => (target.kind === 'object' ? [target.object] : []));
  const users = objects.of(models.user).filter((user) => refersTo(user.fields.get('groups'), group, objects));
  const members = [...new Set([...named, ...users])];
  return listed === undefined && members.length === 0 ? undefined : members;
}

/** The users of a group and of all groups below it, as authentik counts membership; undefined when that is not known. */
export function allMembers(group: BlueprintObject, objects: Objects): readonly BlueprintObject[] | undefined {
  const groups = new Set([group]);
  for (const one of groups) {
    for (const other of objects.of(models.group)) {
      if (refersTo(other.fields.get('parents'), one, objects) || refersTo(other.fields.get('parent'), one, objects)) {
        groups.add(other);
      }
    }
  }
  const members = new Set<BlueprintObject>();
  for (const one of groups) {
    const direct = directMembers(one, objects);
    if (direct === undefined) return undefined;
    for (const user of direct) members.add(user);
  }
  return [...members];
}

function refersTo(value: Resolved | undefined, object: BlueprintObject, objects: Objects): boolean {
  if (value === undefined) return false;
  const references = value.kind === 'list' ? value.items : [value];
  return references.some((reference) => {
    const target = objects.target(reference);
    return target.kind === 'object' && target.object === object;
  });
}

export function booleanOf(value: Resolved | undefined): boolean {
  return value?.kind === 'value' && value.value === true;
}
