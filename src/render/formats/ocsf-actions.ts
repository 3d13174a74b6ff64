import type { SafeEvent } from '../../core/event.ts';
import { asObject, asText, get, type Json } from '../../core/json.ts';
import { refAt, toRef } from '../object.ts';
import type { Activity } from './ocsf-activity.ts';
import { authentication, factorOf } from './ocsf-authentication.ts';
import { modelActivity } from './ocsf-model.ts';
import { entityObject, mail, named, personEntity, systemUser, userObject } from './ocsf-objects.ts';
import { text, type Roles } from './subject.ts';

type Describe = (event: SafeEvent, roles: Roles) => Activity;

/** The activity of any event; unknown and custom actions are a base event that keeps everything unmapped. */
export function activityOf(event: SafeEvent, roles: Roles): Activity {
  return byAction.get(event.action)?.(event, roles) ?? { classUid: 0, activity: 99 };
}

const failed: Describe = () => ({ classUid: 6008, activity: 1, status: 'failure' });

const byAction: ReadonlyMap<string, Describe> = new Map<string, Describe>([
  ['login', (event, roles) => authentication(event, roles, 1, 'success')],
  ['login_failed', (event, roles) => authentication(event, roles, 1, 'failure')],
  ['invalid_identifier', (event, roles) => authentication(event, roles, 1, 'failure')],
  ['logout', (event, roles) => authentication(event, roles, 2, 'success')],
  ['flow_execution', (event, roles) => authentication(event, roles, 6)],
  ['impersonation_started', (event, roles) => switched(event, roles, 7)],
  ['impersonation_ended', (event, roles) => switched(event, roles, 2)],
  ['authorize_application', authorized],
  ['password_set', passwordSet],
  ['user_write', userWrite],
  ['model_created', (event, roles) => modelActivity(event, roles, 'created')],
  ['model_updated', (event, roles) => modelActivity(event, roles, 'updated')],
  ['model_deleted', (event, roles) => modelActivity(event, roles, 'deleted')],
  ['secret_view', (event) => entity(event, 2, 'secret')],
  ['secret_rotate', (event) => entity(event, 3, 'token')],
  ['invitation_used', invitationUsed],
  ['source_linked', (_, { actor }) => account(99, userObject(actor), 'Source Linked')],
  ['custom_static_authenticator_disable', recoveryCodesRemoved],
  ['user_offboarded', (_, { target }) => account(99, userObject(target), 'Offboarded')],
  ['policy_exception', failed],
  ['property_mapping_exception', failed],
  ['system_exception', failed],
  ['system_task_exception', failed],
  ['configuration_error', failed],
  ['configuration_warning', () => ({ classUid: 6008, activity: 99, name: 'Warning' })],
  ['update_available', () => ({ classUid: 0, activity: 99, name: 'Update Available' })],
  ['system_task_execution', taskExecuted],
  ['export_ready', exportReady],
  ['email_sent', emailSent],
  ['policy_execution', policyExecuted],
  ['review_initiated', (event, roles) => access(event, roles, 99, 'Review Initiated')],
  ['review_overdue', (event, roles) => access(event, roles, 99, 'Review Overdue')],
  ['review_attested', (event, roles) => access(event, roles, 99, 'Review Attested')],
  ['review_completed', (event, roles) => access(event, roles, 99, 'Review Completed')],
  ['access_request_created', (event, roles) => access(event, roles, 99, 'Access Requested')],
  ['access_request_approved', (event, roles) => access(event, roles, 1)],
  ['access_request_denied', (event, roles) => access(event, roles, 99, 'Access Denied')],
  ['access_request_revoked', (event, roles) => access(event, roles, 2)],
]);

function account(activity: number, user: Json, name?: string): Activity {
  return { classUid: 3001, activity, status: 'success', fields: { user }, ...(name !== undefined && { name }) };
}

function entity({ context }: SafeEvent, activity: number, key: string): Activity {
  return { classUid: 3004, activity, status: 'success', fields: { entity: entityObject(refAt(context, key)) } };
}

/** The user is whom the administrator becomes or was; who it really is stands in `actor`. */
function switched(event: SafeEvent, roles: Roles, activity: number): Activity {
  const { actor, effective } = roles;
  const base = authentication(event, { ...roles, actor: effective ?? actor }, activity, 'success');
  if (activity !== 7) return base;
  return { ...base, fields: { ...base.fields, account_switch_type_id: 2, account_switch_type: 'Impersonate' } };
}

/** OAuth names the scopes that the application gets; SAML and remote access just let the user in. */
function authorized(event: SafeEvent, roles: Roles): Activity {
  const scopes =
    text(get(event.context, 'scopes'))
      ?.split(' ')
      .filter((scope) => scope !== '') ?? [];
  if (scopes.length === 0) return authentication(event, roles, 4, 'success');
  const application = named(event.application);
  const { name, uid } = application ?? {};
  const target = application && { ...(name !== undefined && { svc_name: name }), ...(uid !== undefined && { uid }) };
  return {
    classUid: 3003,
    activity: 1,
    status: 'success',
    fields: { user: userObject(roles.actor), privileges: scopes, dst_endpoint: target },
  };
}

/** By an administrator it is a reset, also where only the address of the request shows it. */
function passwordSet({ http }: SafeEvent, { actor, target }: Roles): Activity {
  const reset = target !== undefined || /\/core\/users\/\d+\/set_password\/$/.test(http?.path ?? '');
  return account(reset ? 4 : 3, userObject(target ?? actor));
}

/** authentik's one custom event about a factor: its owner removed the recovery codes. */
function recoveryCodesRemoved(_: SafeEvent, { actor }: Roles): Activity {
  const fields = { user: userObject(actor), auth_factors: factorOf('static') };
  return { classUid: 3001, activity: 11, status: 'success', fields };
}

function userWrite({ context }: SafeEvent, { actor }: Roles): Activity {
  if (get(context, 'created') === true) return account(1, userObject(actor));
  return { classUid: 3004, activity: 3, status: 'success', fields: { entity: personEntity(actor) } };
}

function invitationUsed({ context }: SafeEvent): Activity {
  const uid = text(get(context, 'invitation_uuid'));
  const invitation = { name: 'invitation', type_id: 99, type: 'invitation', ...(uid !== undefined && { uid }) };
  return { classUid: 3004, activity: 6, status: 'success', fields: { entity: invitation } };
}

function taskExecuted({ context, origin }: SafeEvent): Activity {
  const device = { type_id: 0, type: 'Unknown', name: text(origin.pod) ?? 'authentik' };
  const job = { name: text(get(context, 'actor')) ?? 'unknown' };
  return { classUid: 1006, activity: 6, status: 'success', fields: { device, job } };
}

function exportReady({ context }: SafeEvent): Activity {
  const ref = refAt(context, 'export');
  const resource = { ...(named(ref) ?? { name: 'export' }), ...(ref !== undefined && { type: ref.model_name }) };
  return { classUid: 6001, activity: 7, status: 'success', fields: { web_resources: [resource] } };
}

function emailSent({ context }: SafeEvent): Activity {
  const to = get(context, 'to_email');
  const from = asText(get(context, 'from_email'));
  const subject = text(get(context, 'subject'));
  const address = mail(from);
  return {
    classUid: 4009,
    activity: 1,
    status: 'success',
    fields: {
      direction_id: 2,
      direction: 'Outbound',
      email: {
        to: (Array.isArray(to) ? to : [to]).flatMap((one: Json | undefined) => mail(one) ?? []),
        ...(address !== undefined && { from: address }),
        ...(subject !== undefined && { subject }),
      },
    },
  };
}

function policyExecuted({ context }: SafeEvent, { actor }: Roles): Activity {
  const passing = get(asObject(get(context, 'result')), 'passing');
  const object = named(refAt(asObject(get(context, 'request')), 'obj')) ?? named(refAt(context, 'binding'));
  const uid = text(get(context, 'policy_uuid'));
  const decision = passing === true ? 'passed' : 'denied';
  return {
    classUid: 3003,
    activity: 99,
    name: 'Policy Executed',
    ...(typeof passing === 'boolean' && { status: passing ? 'success' : 'failure' }),
    fields: {
      user: actor === undefined ? systemUser : userObject(actor),
      privileges: object?.name === undefined ? [] : [object.name],
      authorizations:
        uid === undefined ? undefined : [{ policy: { uid }, ...(typeof passing === 'boolean' && { decision }) }],
    },
  };
}

/** Reviews of and requests for access. The log does not say in a field of its own whose access it is. */
function access(event: SafeEvent, { actor }: Roles, activity: number, name?: string): Activity {
  const { context } = event;
  const targets = get(context, 'targets');
  const list = Array.isArray(targets) ? targets : [get(context, 'target')];
  const resources = list.flatMap((item: Json | undefined) => named(toRef(item)) ?? []);
  return {
    classUid: 3005,
    activity,
    ...(name !== undefined && { name }),
    status: 'success',
    fields: {
      user: actor === undefined ? systemUser : activity === 99 ? userObject(actor) : userObject(undefined),
      privileges: resources.flatMap((resource) => resource.name ?? []),
      resources: resources.length > 0 ? resources : undefined,
    },
  };
}
