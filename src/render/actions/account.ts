import type { SafeEvent } from '../../core/event.ts';
import { get, type JsonObject } from '../../core/json.ts';
import { brief } from '../brief.ts';
import { list } from '../cut.ts';
import { long } from '../field.ts';
import { isMasked } from '../masked.ts';
import { actor, named, username } from '../person.ts';
import { fromAddress } from '../place.ts';
import { sentences, stop, type ActionText, type Describe } from './action.ts';

/** What becomes of accounts. */
export const accountActions: readonly (readonly [string, Describe])[] = [
  ['user_write', userWrite],
  ['password_set', passwordSet],
  ['user_offboarded', userOffboarded],
];

/** Keys of a user-write context that are no attribute of the user. */
const notWritten: ReadonlySet<string> = new Set(['http_request', 'geo', 'asn', 'created', 'message', 'pseudonyms']);
const fieldCharsMax = 600;

function userWrite(event: SafeEvent): ActionText {
  const created = get(event.context, 'created') === true;
  const keys = (): readonly string[] => Object.keys(event.context).filter((key) => !notWritten.has(key));
  return {
    title: `Account ${actor(event.user)} ${created ? 'created' : 'changed'}${fromAddress(event)}`,
    summary: () => {
      const attributes = keys().filter(isAttribute);
      return sentences(
        created ? 'A flow made a new account.' : 'A flow changed the account.',
        attributes.length > 0 && `Written: ${list(attributes, 200)}.`,
        keys().some((key) => key.startsWith('password')) && 'A password was set.',
      );
    },
    fields: () =>
      long(
        'Values',
        list(
          keys()
            .filter(isAttribute)
            .flatMap((key) => written(event.context, key)),
          fieldCharsMax,
          '; ',
        ),
      ),
  };
}

function isAttribute(key: string): boolean {
  return !key.startsWith('password') && !key.includes('component');
}

function written(context: JsonObject, key: string): readonly string[] {
  const value = get(context, key);
  if (typeof value === 'string' && isMasked(value)) return [];
  return value === undefined || value === null || value === '' ? [] : [`${key}: ${brief(value)}`];
}

function passwordSet(event: SafeEvent): ActionText {
  const who = actor(event.user);
  const path = event.http?.path;
  // A flow belongs to the user's own browser; the API call is made by somebody who may set others' passwords.
  const byFlow = path?.startsWith('/api/v3/flows/executor/') === true;
  const byApi = path !== undefined && /^\/api\/v3\/core\/users\/\d+\/set_password\//.test(path);
  return {
    title: `Password of ${who} set${fromAddress(event)}`,
    summary: () =>
      sentences(
        byFlow && 'It was set in a flow, by the user or by whoever has the recovery link.',
        byApi && "It was set through the API, by somebody who may set other users' passwords.",
        !byFlow &&
          !byApi &&
          'authentik does not say by whom; this is how it looks when it was set by an administrator or the system.',
        'If nobody expects this, end the sessions of the account and set a new one.',
      ),
  };
}

function userOffboarded({ user, model, message }: SafeEvent): ActionText {
  // The shape is known from the API's description only: the account may be the object or the event's own user.
  const name = model?.model_name === 'user' ? model.name : username(user);
  return {
    title: name === undefined ? 'A user was offboarded' : `User ${named(name)} was offboarded`,
    summary: () =>
      sentences(
        name === undefined && message !== undefined && stop(message),
        'The account has been taken out of service.',
      ),
  };
}
