import { isObject, type Json } from '../../core/json.ts';

/** What authentik is known to write: everything that is there; texts and numbers; an object with these keys, `*` for any key. */
type Shape = 'all' | 'text' | ReadonlyMap<string, Shape>;

/**
 * What stands below a key of a context, without the keys that authentik is not known to write there, in lists and at any depth; the same
 * object when it has none. Where no object is known to stand, of one only what a reference to one of authentik's objects has stays.
 */
export function knownBelow(key: string, item: Json): Json {
  return knownOf(item, shapes.get(key) ?? 'text');
}

/** The same for a person of `user`. */
export function knownPerson(user: Json | undefined): Json {
  return knownOf(user ?? {}, person);
}

function knownOf(item: Json, shape: Shape): Json {
  if (shape === 'all' || typeof item !== 'object' || item === null) return item;
  if (!isObject(item)) {
    const list = item.map((one: Json) => knownOf(one, shape));
    return list.every((one, at) => one === item[at]) ? item : list;
  }
  const known = shape === 'text' ? reference : shape;
  const entries = Object.entries(item).flatMap(([key, value]) => {
    const below = known.get(key) ?? known.get('*');
    return below === undefined ? [] : [[key, knownOf(value, below)] as const];
  });
  const same = entries.length === Object.keys(item).length && entries.every(([key, value]) => value === item[key]);
  return same ? item : Object.fromEntries(entries);
}

/** Keys of texts and numbers, and those that hold more. */
function shape(texts: string, more: Readonly<Record<string, Shape>> = {}): ReadonlyMap<string, Shape> {
  return new Map<string, Shape>([...texts.split(' ').map((key) => [key, 'text'] as const), ...Object.entries(more)]);
}

const reference = shape('app model_name pk name usage mime_type');
const somebody = 'username email pk is_anonymous';
const person = shape(somebody, { on_behalf_of: shape(somebody), authenticated_as: shape(somebody) });
const geo = shape('city country continent lat long');
const asn = shape('asn as_org network');
/** A network or a place, by which a session is bound. */
const place = new Map([...geo, ...asn]);
const duoResponse = shape('result status status_msg');
/** Registered claims; all others are the issuer's. */
const jwt = shape('iss sub aud exp nbf iat jti');
const certificate = shape('fingerprint_sha1 fingerprint_sha256 issuer serial_number subject');
const authMethodArgs = shape(
  'known_device identifier mfa_devices source provider endpoints device device_class device_type password',
  { duo_response: duoResponse, jwt, certificate },
);
const policyResult = shape('passing messages raw_result source_binding _exec_time', {
  log_messages: shape('timestamp log_level logger event'),
});
const oneException = shape('exc_type exc_value exc_notes is_cause is_group', {
  syntax_error: shape('msg filename line lineno offset'),
  frames: shape('filename lineno name line'),
});
const policyContext = shape('auth_method is_sso event pending_user_identifier application source', {
  auth_method_args: authMethodArgs,
  pending_user: person,
  geoip: geo,
  geo,
  asn,
});
/** An object of a list of changes may be a reference or, expanded, a person. */
const changed = new Map([...reference, ...shape(`${somebody} id uuid is_active`)]);

const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['asn', asn],
  ['auth_method_args', authMethodArgs],
  ['binding', new Map([...reference, ...shape('reason', { previous_value: place, new_value: place })])],
  // Fields of authentik's models.
  [
    'diff',
    shape('clear', {
      '*': shape('clear', { previous_value: changed, new_value: changed, add: changed, remove: changed }),
    }),
  ],
  ['duo_response', duoResponse],
  ['exception', new Map([...oneException, ['exceptions', oneException]])],
  ['geo', geo],
  // Whatever a client asks for.
  ['http_request', shape('path method user_agent request_id', { args: 'all' })],
  ['ip', shape('previous new')],
  ['pseudonyms', shape('pseudonym previous')],
  ['request', shape('obj debug http_request', { user: person, context: policyContext })],
  ['result', new Map([...policyResult, ['source_results', policyResult]])],
  ['user', new Map([...reference, ...person])],
]);
