import type { SafeEvent } from '../../core/event.ts';
import { asObject, asText, get, type JsonObject } from '../../core/json.ts';
import { cut } from '../cut.ts';
import { short } from '../field.ts';
import { deviceClass } from '../kind.ts';
import { isMasked } from '../masked.ts';
import { objectName, objectPhrase, refAt, toRef } from '../object.ts';
import { actor, attempted, named, quoted, username } from '../person.ts';
import { fromAddress } from '../place.ts';
import { sentences, stop, type ActionText, type Describe } from './action.ts';

/** Signing in and out. */
export const loginActions: readonly (readonly [string, Describe])[] = [
  ['login', login],
  ['login_failed', loginFailed],
  ['invalid_identifier', invalidIdentifier],
  ['logout', logout],
];

const methods: ReadonlyMap<string, string> = new Map([
  ['password', 'a password'],
  ['token', 'an app password'],
  ['ldap', 'the password'],
  ['kerberos', 'Kerberos'],
  ['auth_mfa', 'a second factor'],
  ['auth_webauthn_pwl', 'a passkey'],
  ['jwt', 'a JWT'],
  ['oauth_client_secret', 'a client secret'],
  ['mtls', 'a client certificate'],
  ['trusted_endpoint', 'a trusted device'],
]);

function login(event: SafeEvent): ActionText {
  const { context } = event;
  const args = asObject(get(context, 'auth_method_args'));
  const to = event.application === undefined ? '' : ` to ${objectName(event.application)}`;
  const known = get(args, 'known_device');
  return {
    title: `${actor(event.user)} logged in${to}${fromAddress(event)}`,
    summary: () => {
      const device = refAt(args, 'device') ?? refAt(context, 'device');
      const factors = secondFactors(args);
      const method = asText(get(context, 'auth_method'));
      return sentences(
        `Signed in ${means(context, args, method)}${method === 'auth_mfa' && factors.length > 0 ? `, ${factors.join(', ')}` : ''}.`,
        device !== undefined && `Device: ${objectName(device)}.`,
        factors.length > 0 && method !== 'auth_mfa' && `Second factor: ${factors.join(', ')}.`,
        factors.length === 0 && method === 'password' && 'No second factor was used.',
        known === false && 'The browser was not known before: a first sign-in from it, or somebody else.',
        known === true && 'The browser is a known one.',
      );
    },
    fields: () => short('Known browser', known === false ? 'no' : known === true ? 'yes' : undefined),
  };
}

/** `with an app password “reports”`, `with a JWT of OAuth source “Code forge”`, `through OAuth source “Code forge”`. */
function means(context: JsonObject, args: JsonObject | undefined, method: string | undefined): string {
  const source = refAt(context, 'source') ?? refAt(args, 'source');
  if (method === undefined || method === '') {
    return source === undefined ? 'by a means that the log does not name' : `through ${objectPhrase(source)}`;
  }
  const identifier = asText(get(args, 'identifier'));
  const name = methods.get(method) ?? `method ${named(method)}`;
  return [
    `with ${name}`,
    identifier !== undefined && ` ${quoted(cut(identifier, 80))}`,
    source !== undefined && ` of ${objectPhrase(source)}`,
  ]
    .filter((part) => part !== false)
    .join('');
}

function secondFactors(args: JsonObject | undefined): readonly string[] {
  const devices = get(args, 'mfa_devices');
  if (!Array.isArray(devices)) return [];
  return devices.slice(0, 5).flatMap((device) => {
    const ref = toRef(device);
    return ref === undefined ? [] : [objectName(ref)];
  });
}

function loginFailed(event: SafeEvent): ActionText {
  const { context, user } = event;
  return {
    title: `Failed login for ${attempted(context, user)}${fromAddress(event)}`,
    summary: () => {
      // Up to 2026.2 the second factor stands beside the stage, later inside auth_method_args.
      const args = asObject(get(context, 'auth_method_args'));
      const factor = asText(get(args, 'device_class')) ?? asText(get(context, 'device_class'));
      const session = user.authenticated_as === undefined ? undefined : username(user.authenticated_as);
      return sentences(
        factor === undefined ? firstFactor(refAt(context, 'stage')?.model_name) : secondFactor(factor, context, args),
        session !== undefined && session !== 'AnonymousUser' && `The browser is signed in as ${named(session)}.`,
      );
    },
    fields: () => [...short('Tried as', attemptedName(event)), ...short('Stage', refAt(context, 'stage')?.name)],
  };
}

function firstFactor(stage: string | undefined): string {
  if (stage === 'passwordstage') return 'The password was not accepted.';
  if (stage === 'identificationstage') return 'Name and password were not accepted together.';
  return 'The sign-in was not accepted.';
}

function secondFactor(factor: string, context: JsonObject, args: JsonObject | undefined): string {
  const device = refAt(args, 'device') ?? refAt(context, 'device');
  const duo = asObject(get(args, 'duo_response')) ?? asObject(get(context, 'duo_response'));
  const answer = asText(get(duo, 'status_msg'));
  return sentences(
    `The second factor was not accepted (${deviceClass(factor) ?? named(factor)}${device === undefined ? '' : ` ${objectName(device)}`}).`,
    answer !== undefined && `Duo says: ${stop(cut(answer, 200))}`,
    asText(get(duo, 'status')) === 'fraud'
      ? 'The user reported the request as fraud: treat the password as known to somebody else.'
      : 'Usually the password was right before this step.',
  );
}

/** Shown apart when it differs from the user that authentik names. */
function attemptedName({ context, user }: SafeEvent): string | undefined {
  const typed = asText(get(context, 'username'));
  return typed === undefined || typed === user.username || isMasked(typed) ? undefined : typed;
}

function invalidIdentifier(event: SafeEvent): ActionText {
  const typed = asText(get(event.context, 'identifier')) ?? asText(get(event.context, 'username'));
  const who =
    typed === undefined || typed === '' || isMasked(typed) ? 'an unknown name' : `the unknown name ${named(typed)}`;
  return {
    title: `Login attempt with ${who}${fromAddress(event)}`,
    summary: () =>
      'authentik knows no user with this name. Many of these from one address are a search for valid names.',
  };
}

function logout(event: SafeEvent): ActionText {
  const reason = asText(get(event.context, 'logout_reason'));
  const who = actor(event.user);
  if (reason === undefined)
    return { title: `${who} logged out${fromAddress(event)}`, summary: () => 'The session was ended.' };
  const binding = asObject(get(event.context, 'binding'));
  const ip = asObject(get(event.context, 'ip'));
  const before = asText(get(ip, 'previous'));
  const after = asText(get(ip, 'new'));
  const bound = asText(get(binding, 'reason'));
  return {
    title: `${who} was logged out${fromAddress(event)}: ${cut(reason, 80)}`,
    summary: () =>
      sentences(
        before !== undefined && after !== undefined && `The session moved from ${before} to ${after}.`,
        'authentik ended it. A stolen session looks like this; so does a change of network.',
      ),
    fields: () => [
      ...short('Previous address', before),
      ...short('Bound to', bound),
      ...short('Before', text(get(binding, 'previous_value'))),
      ...short('Now', text(get(binding, 'new_value'))),
    ],
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
