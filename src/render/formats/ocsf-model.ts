import type { ModelRef, SafeEvent } from '../../core/event.ts';
import { asObject, get, type JsonObject } from '../../core/json.ts';
import type { Activity } from './ocsf-activity.ts';
import { factorOf } from './ocsf-authentication.ts';
import { entityObject, memberKeys, named, userObject } from './ocsf-objects.ts';
import { modelClass } from './model-class.ts';
import type { Roles } from './subject.ts';

type Verb = 'created' | 'updated' | 'deleted';

const entityActivity: { readonly [verb in Verb]: number } = { created: 1, updated: 3, deleted: 4 };

/** A change of an object: of an account, a factor or a group in their own classes, of anything else as a managed entity. */
export function modelActivity(event: SafeEvent, roles: Roles, verb: Verb): Activity {
  const { model, diff } = event;
  const special = model === undefined ? undefined : specialActivity(model, diff, roles, verb);
  return (
    special ?? {
      classUid: 3004,
      activity: entityActivity[verb],
      status: 'success',
      fields: { entity: entityObject(model) },
    }
  );
}

function specialActivity(
  model: ModelRef,
  diff: JsonObject | undefined,
  roles: Roles,
  verb: Verb,
): Activity | undefined {
  const kind = modelClass(model);
  if (kind === 'user') return userActivity(diff, roles, verb) ?? membership(model, diff, 'groups');
  if (kind === 'group') return groupActivity(model, verb) ?? membership(model, diff, 'users');
  return kind === 'authenticator' ? factorActivity(model, roles, verb) : undefined;
}

function userActivity(diff: JsonObject | undefined, { target }: Roles, verb: Verb): Activity | undefined {
  const active = get(asObject(get(diff, 'is_active')), 'new_value');
  const changed = active === true ? 2 : active === false ? 5 : undefined;
  const activity = verb === 'created' ? 1 : verb === 'deleted' ? 6 : changed;
  if (activity === undefined) return undefined;
  return { classUid: 3001, activity, status: 'success', fields: { user: userObject(target) } };
}

/** A second factor was enrolled or removed. The line does not name its owner, who nearly always is the actor. */
function factorActivity({ model_name }: ModelRef, { actor }: Roles, verb: Verb): Activity | undefined {
  if (verb === 'updated') return undefined;
  const fields = { user: userObject(actor), auth_factors: factorOf(model_name.replace(/device$/, '')) };
  return { classUid: 3001, activity: verb === 'created' ? 10 : 11, status: 'success', fields };
}

function groupActivity(model: ModelRef, verb: Verb): Activity | undefined {
  if (verb === 'updated') return undefined;
  const group = named(model) ?? { name: 'unknown' };
  return { classUid: 3006, activity: verb === 'created' ? 6 : 5, status: 'success', fields: { group } };
}

/**
 * Users were added to or removed from groups; authentik logs it at either end. OCSF has room for one user and one group: with
 * several at the other end, its attribute is left out and `unmapped` has them all.
 */
function membership(model: ModelRef, diff: JsonObject | undefined, other: 'users' | 'groups'): Activity | undefined {
  const change = asObject(get(diff, other) ?? (other === 'groups' ? get(diff, 'ak_groups') : undefined));
  if (change === undefined) return undefined;
  const added = get(change, 'add');
  const removed = get(change, 'remove');
  if (added === undefined && removed === undefined && get(change, 'clear') !== true) return undefined;
  const own = named(model) ?? { name: 'unknown' };
  const members = memberKeys(added ?? removed);
  const [only] = members.length === 1 ? members : [];
  const fields =
    other === 'users'
      ? { group: own, user: only === undefined ? undefined : userObject({ id: only }) }
      : {
          group: only === undefined ? { name: 'several groups' } : { uid: only },
          user: { ...own, type_id: 1, type: 'User' },
        };
  return { classUid: 3006, activity: added === undefined ? 4 : 3, status: 'success', fields };
}
