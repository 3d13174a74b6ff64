import type { ModelRef } from '../../core/event.ts';
import { asObject, get, type JsonObject } from '../../core/json.ts';
import { kindName } from '../kind.ts';

type Verb = 'created' | 'changed' | 'deleted';

/** Why a change of this object may matter at night, in a sentence; undefined when there is nothing to add. */
export function meaning(model: ModelRef, verb: Verb, diff: JsonObject | undefined): string | undefined {
  const kind = model.model_name.toLowerCase();
  if (model.app === 'authentik_core' && kind === 'user') return userMeaning(verb, diff);
  if (model.app === 'authentik_core' && kind === 'group') return groupMeaning(model, verb, diff);
  if (kind.endsWith('device')) return deviceMeaning(verb);
  if (kind === 'token' || kind === 'enrollmenttoken') {
    return verb === 'deleted'
      ? 'What still uses it is refused from now on.'
      : 'Whoever has the token can act as its user.';
  }
  return byKind(kind, verb);
}

function userMeaning(verb: Verb, diff: JsonObject | undefined): string | undefined {
  if (verb === 'created') return 'The account can sign in as soon as it has a password or a source.';
  if (verb === 'deleted') return 'The account and its tokens are gone.';
  const active = asObject(get(diff, 'is_active'));
  if (verb === 'changed' && get(active, 'new_value') === false) return 'The account is switched off.';
  if (verb === 'changed' && get(active, 'new_value') === true) return 'The account is switched on again.';
  const groups = asObject(get(diff, 'ak_groups')) ?? asObject(get(diff, 'groups'));
  return groups === undefined ? undefined : 'Group memberships decide what the user may do.';
}

function groupMeaning(model: ModelRef, verb: Verb, diff: JsonObject | undefined): string | undefined {
  if (get(asObject(get(diff, 'is_superuser')), 'new_value') === true)
    return 'Its members are administrators of authentik.';
  if (verb === 'created') return 'A new group.';
  if (verb === 'deleted') return 'Its members lose what it gave them.';
  const users = asObject(get(diff, 'users'));
  if (users === undefined) return undefined;
  return model.name === 'authentik Admins'
    ? "This is authentik's group of administrators."
    : 'Its members changed, and with that what they may do.';
}

function deviceMeaning(verb: Verb): string | undefined {
  if (verb === 'deleted') return 'A second factor is gone: make sure that its owner removed it.';
  return verb === 'created' ? 'A second factor was added: make sure that its owner did it.' : undefined;
}

const meanings: readonly (readonly [RegExp, string])[] = [
  [/^(?:notificationrule|notificationtransport)$/, "authentik's own alerts may change or stop."],
  [/^policybinding$/, 'Who may do or is told what depends on bindings.'],
  [/policy$/, 'Policies decide who gets in.'],
  [/^flow$|^flowstagebinding$|stage$/, 'This changes how people sign in.'],
  [/source$/, 'Sources decide whose sign-ins authentik trusts.'],
  [/^application$|provider$/, 'Sign-in to the application may be affected.'],
  [/mapping$/, 'Mappings are code that runs in authentik and decide what applications are told about users.'],
  [/^certificatekeypair$/, 'What it signs may no longer be trusted, or be trusted anew.'],
  [/^blueprintinstance$/, 'A blueprint can make any object, administrators included.'],
  [/^(?:role|permission|userobjectpermission)$/, 'Roles decide who may administer what.'],
  [/^outpost$/, 'Applications behind the outpost may be affected.'],
  [/^(?:brand|tenant)$/, 'This can change the sign-in of a whole domain.'],
];

function byKind(kind: string, verb: Verb): string | undefined {
  if (verb === 'created' && /^application$|provider$|^outpost$/.test(kind))
    return 'A new one: nothing depends on it yet.';
  const found = meanings.find(([pattern]) => pattern.test(kind))?.[1];
  if (found !== undefined) return found;
  if (verb === 'deleted') return 'It cannot be brought back from here.';
  return verb === 'created' ? `A new ${kindName(kind)}.` : undefined;
}
