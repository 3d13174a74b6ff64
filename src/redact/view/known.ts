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

/**
 * Words that stand in events of every installation: in paths, modules, messages. Somebody may be called so, but replacing the word
 * everywhere would say who it is and make the rest unreadable: only where a key says that it is a name.
 */
const commonWords: ReadonlySet<string> = new Set(
  (
    'access account action actor admin administrator administration all anonymous any api app application applications args attributes ' +
    'auth authentication authenticator authentik authorize authorization backend binding blueprint body brand browser builtins callback ' +
    'cert certificate client code com config configuration connect context core created credentials custom data debug ' +
    'default delete deleted description device diff docker duo email endpoint enroll enrollment error event events example ' +
    'exception executor expression external false file flow flows found from group groups guest host html http https identification ' +
    'identifier info interface internal invalid invitation issuer key ldap link local localhost login logout mail ' +
    'message method mfa mobile model models module monitoring mozilla name net network new none notification null oauth oauth2 object ' +
    'openid org origin outpost page password path pending permission pk policies policy port post previous ' +
    'private profile property provider providers proxy public python query radius read reason recovery redirect remote replication ' +
    'request response result role root saml scim scope scopes script secret security send sent server service session set settings ' +
    'shell sms source sources stage stages start state static status success support sync system target task tasks tenant test tests ' +
    'token totp true type unknown update updated uri url user username users uuid value verify version view web webauthn webhook ' +
    'with worker write www'
  ).split(' '),
);

/** Two letters stand in every text, but for scripts that write whole names with them: 李明. */
const wordCharsMin = 3;
const shortName = /^[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}ー]{2}$/u;
/** Shorter numbers are years and statuses in nearly every text. */
const digitsMin = 5;

/** Whether a name is fit to be looked for in texts, where no key says that it is one: no word or number that stands there anyhow. */
export function isDistinctive(name: string): boolean {
  const text = name.trim();
  if (/^\p{Nd}+$/u.test(text)) return text.length >= digitsMin;
  const whole = text.normalize();
  return shortName.test(whole) || (whole.length >= wordCharsMin && !commonWords.has(text.toLowerCase()));
}

/** Whether a word in lower case stands in events of every installation. */
export function isCommonWord(word: string): boolean {
  return commonWords.has(word);
}

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
