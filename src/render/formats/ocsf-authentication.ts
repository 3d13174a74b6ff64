import type { SafeEvent } from '../../core/event.ts';
import { asObject, get, isObject, type Json, type JsonObject } from '../../core/json.ts';
import { toRef } from '../object.ts';
import type { Members } from './compact.ts';
import type { Activity } from './ocsf-activity.ts';
import { named, systemUser, userObject } from './ocsf-objects.ts';
import { text, type Roles } from './subject.ts';

/** An activity of the class Authentication, with its factors and its protocol as far as the event tells. */
export function authentication(
  event: SafeEvent,
  { actor }: Roles,
  activity: number,
  status?: 'success' | 'failure',
): Activity {
  const system = actor === undefined && event.user.username === undefined;
  return {
    classUid: 3002,
    activity,
    ...(status !== undefined && { status }),
    fields: {
      user: system && activity !== 1 ? systemUser : userObject(actor),
      service: named(event.application) ?? { name: 'authentik' },
      ...(activity === 1 && means(event)),
    },
  };
}

const protocols: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['kerberos', [2, 'Kerberos']],
  ['ldap', [12, 'LDAP']],
  ['jwt', [6, 'OAUTH 2.0']],
  ['oauth_client_secret', [6, 'OAUTH 2.0']],
]);

/** How somebody signed in or tried to. */
function means({ context }: SafeEvent): Members {
  const args = asObject(get(context, 'auth_method_args'));
  const method = text(get(context, 'auth_method'));
  // Up to 2026.2 what a failed second factor was stands beside the stage, later inside auth_method_args.
  const deviceClass = text(get(args, 'device_class')) ?? text(get(context, 'device_class'));
  const devices = get(args, 'mfa_devices');
  const second = Array.isArray(devices) ? devices.flatMap((device: Json) => factorOf(deviceKind(device))) : [];
  const factors = [
    ...firstFactor(method, context),
    ...second,
    ...(deviceClass === undefined ? [] : factorOf(deviceClass)),
  ];
  const protocol = method === undefined ? undefined : (protocols.get(method) ?? ([99, method] as const));
  return {
    auth_protocol_id: protocol?.[0],
    auth_protocol: protocol?.[1],
    auth_factors: factors.length > 0 ? factors : undefined,
    is_mfa:
      method === 'auth_mfa' || second.length > 0 || deviceClass !== undefined
        ? true
        : method === undefined
          ? undefined
          : false,
  };
}

/** `authentik_stages_authenticator_totp` is how the models say `totp`. */
function deviceKind(device: Json): string {
  const ref = isObject(device) ? toRef(device) : undefined;
  return ref?.model_name.replace(/device$/, '') ?? '';
}

const passwordFactor: JsonObject = { factor_type_id: 11, factor_type: 'Password' };

function firstFactor(method: string | undefined, context: JsonObject): readonly JsonObject[] {
  if (method === 'password' || method === 'ldap') return [passwordFactor];
  if (method === 'auth_webauthn_pwl') return [{ factor_type_id: 10, factor_type: 'WebAuthn' }];
  // A failed login has no method; the stage that refused it says which factor it was.
  const stage = toRef(get(context, 'stage'))?.model_name;
  return method === undefined && stage === 'passwordstage' ? [passwordFactor] : [];
}

const factors: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['sms', { factor_type_id: 1, factor_type: 'SMS' }],
  ['duo', { factor_type_id: 5, factor_type: 'Push Notification', provider: 'Duo' }],
  ['totp', { factor_type_id: 7, factor_type: 'OTP', is_totp: true }],
  ['static', { factor_type_id: 99, factor_type: 'Recovery Code' }],
  ['email', { factor_type_id: 8, factor_type: 'Email' }],
  ['webauthn', { factor_type_id: 10, factor_type: 'WebAuthn' }],
]);

/** The factor of one of authentik's classes of devices. */
export function factorOf(deviceClass: string): readonly JsonObject[] {
  if (deviceClass === '') return [];
  return [factors.get(deviceClass) ?? { factor_type_id: 99, factor_type: deviceClass }];
}
