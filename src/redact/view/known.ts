import { ownActions } from '../../core/action.ts';
import { get, isObject, type JsonObject } from '../../core/json.ts';

/** What a value says about somebody: a name of a person, a mail address, a network address. */
export type Identity = 'name' | 'mail' | 'address';

/** A part of a text that says by its form or by the name before it what it is. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly identity: Identity;
  /** Where it is not all of the part. */
  readonly value?: string;
}

/** The fields of an event that name people and machines, and what their values are. */
export const identityFields: ReadonlyMap<string, Identity> = new Map<string, Identity>([
  ['user.username', 'name'],
  ['user.email', 'mail'],
  ['client_ip', 'address'],
]);

/** Keys whose values name somebody, in the words of authentik, SCIM, LDAP and OpenID Connect. */
const keys: ReadonlyMap<string, Identity> = new Map<string, Identity>([
  ...(
    'username user_name userName user_username event_user_username preferred_username nickname given_name givenName family_name familyName ' +
    'first_name last_name full_name display_name displayName upn userPrincipalName sAMAccountName login_hint user_identifier ' +
    'pending_user_identifier pending_user'
  )
    .split(' ')
    .map((key) => [key, 'name'] as const),
  ...'email mail emails user_email event_user_email email_address to_email from_email'
    .split(' ')
    .map((key) => [key, 'mail'] as const),
]);

/** Where in an event an object stands: what only its place tells about its keys. */
export interface Surroundings {
  /** It is `context`, of an event whose `name` is a person's (`user_write`). */
  readonly top: boolean;
  readonly nameIsPerson: boolean;
}

/** What the value of a key is, by the key and the object that it stands in; undefined for all that is no person. */
export function identityOf(key: string, parent: JsonObject, around: Surroundings): Identity | undefined {
  const known = keys.get(key);
  if (known !== undefined) return known;
  if (key === 'name') {
    return around.nameIsPerson || get(parent, 'model_name') === 'user' || namesUser(parent) ? 'name' : undefined;
  }
  return around.top && (key === 'identifier' || key === 'user') ? 'name' : undefined;
}

function namesUser(parent: JsonObject): boolean {
  return get(parent, 'username') !== undefined;
}

/** Whether the value says what kind of thing it is, not who: parts of a reference to one of authentik's objects, a method, a country. */
export function isStructure(key: string, value: string, parent: JsonObject): boolean {
  switch (key) {
    case 'app':
    case 'model_name': {
      const app = get(parent, 'app');
      return typeof app === 'string' && /^authentik_[a-z0-9_]{1,40}$/.test(app) && /^[a-z0-9_]{1,50}$/.test(value);
    }
    case 'method':
      return /^[A-Z]{3,7}$/.test(value);
    case 'country':
    case 'continent':
      return /^[A-Z]{2}$/.test(value) && isObject(parent);
    default:
      return false;
  }
}

/** authentik's stand-ins for nobody and for itself: they say who it is not. */
export const nobody: ReadonlySet<string> = new Set(['AnonymousUser', 'authentik-shell']);

/** Keys that authentik itself writes into the contexts of its events, in any version. */
export const knownContextKeys: ReadonlySet<string> = new Set(
  (
    'actor application asn auth_method auth_method_args authorized_application binding body cause changelog created deprecated_env ' +
    'deprecated_option deprecation device device_class device_type diff dn duo_response email endpoint error exception expected export ' +
    'expression flow from_email geo http_request hyperlink hyperlink_label invitation_uuid ip identifier known_device lifecycle_iteration ' +
    'logout_reason mapping message mfa_devices mime_type model name new_version outpost password password_repeat policy_uuid provider ' +
    'reason redirect_uri rel_obj replacement_env replacement_option request result scopes secret session source stage subject target ' +
    'targets task_id to_email token type usage user username'
  ).split(' '),
);

/** Keys below them that every event has. */
const commonKeys: ReadonlySet<string> = new Set(
  (
    'path method args user_agent request_id app pk model_name is_anonymous on_behalf_of authenticated_as query next city country ' +
    'continent lat long as_org network previous_value new_value add remove clear title count value at id'
  ).split(' '),
);

/** Whether a key is one of authentik's or herald's own words: it holds nothing that somebody made up. */
export function isPlainKey(key: string): boolean {
  return knownContextKeys.has(key) || commonKeys.has(key) || ownKeys.has(key);
}

const ownKeys: ReadonlySet<string> = new Set(
  (
    'rule kind count first last by top distinct values steps last_event events from to distance_km reason of for_seconds ' +
    'destination instance source path until bytes pseudonyms'
  ).split(' '),
);

/** Whether authentik itself is known to write this key into a context of such an action, or herald into one of its own events. */
export function isKnownKey(key: string, action: string): boolean {
  return key === 'pseudonyms' || knownContextKeys.has(key) || isOwnKey(key, action);
}

/** Whether herald itself wrote what stands below this key. */
export function isOwnKey(key: string, action: string): boolean {
  return ownActions.has(action) && ownKeys.has(key);
}
