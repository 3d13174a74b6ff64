import type { SafeEvent } from '../../core/event.ts';
import { asObject, get } from '../../core/json.ts';
import { modelClass, type ModelClass } from './model-class.ts';

type Outcome = 'success' | 'failure' | 'unknown';

/** ECS's own words for an event. Every type is one that ECS expects beside one of the categories. */
export interface EcsMeaning {
  readonly category?: readonly string[];
  readonly type: readonly string[];
  readonly outcome?: Outcome;
}

/** What ECS calls the event; unknown and custom actions have no category and are `info`. */
export function ecsMeaning(event: SafeEvent): EcsMeaning {
  const meaning = byAction.get(event.action);
  if (meaning === undefined) return unknown;
  return typeof meaning === 'function' ? meaning(event) : meaning;
}

const unknown = is([], ['info']);
const failure = is(['configuration'], ['info'], 'failure');
const review = is(['iam'], ['info'], 'success');

const byAction: ReadonlyMap<string, EcsMeaning | ((event: SafeEvent) => EcsMeaning)> = new Map<
  string,
  EcsMeaning | ((event: SafeEvent) => EcsMeaning)
>([
  ['login', is(['authentication'], ['start'], 'success')],
  ['login_failed', is(['authentication'], ['start'], 'failure')],
  ['invalid_identifier', is(['authentication'], ['start'], 'failure')],
  ['logout', is(['authentication', 'session'], ['end'], 'success')],
  [
    'user_write',
    ({ context }) => is(['iam'], ['user', get(context, 'created') === true ? 'creation' : 'change'], 'success'),
  ],
  ['password_set', is(['iam'], ['user', 'change'], 'success')],
  ['suspicious_request', is(['intrusion_detection', 'web'], ['info'], 'unknown')],
  ['secret_view', is(['iam'], ['info'], 'success')],
  ['secret_rotate', is(['iam'], ['change'], 'success')],
  ['invitation_used', is(['iam'], ['user', 'creation'], 'success')],
  ['authorize_application', is(['authentication', 'session'], ['start'], 'success')],
  ['source_linked', is(['iam'], ['user', 'change'], 'success')],
  ['impersonation_started', is(['session', 'iam'], ['start', 'user', 'info'], 'success')],
  ['impersonation_ended', is(['session', 'iam'], ['end', 'user', 'info'], 'success')],
  ['flow_execution', is(['authentication'], ['info'])],
  ['policy_execution', ({ context }) => is(['iam'], ['info'], passed(asObject(get(context, 'result'))))],
  ['policy_exception', failure],
  ['property_mapping_exception', failure],
  ['system_exception', ({ http }) => (http === undefined ? failure : is(['web'], ['error'], 'failure'))],
  ['system_task_exception', failure],
  ['configuration_error', failure],
  ['configuration_warning', is(['configuration'], ['info'], 'unknown')],
  ['update_available', is(['package'], ['info'], 'unknown')],
  ['system_task_execution', is(['process'], ['info'], 'success')],
  ['model_created', (event) => change(event, 'creation')],
  ['model_updated', (event) => change(event, 'change')],
  ['model_deleted', (event) => change(event, 'deletion')],
  ['email_sent', is(['email'], ['info'], 'success')],
  ['export_ready', is(['file', 'iam'], ['access', 'info'], 'success')],
  ['review_initiated', review],
  ['review_overdue', review],
  ['review_attested', is(['iam'], ['change'], 'success')],
  ['review_completed', is(['iam'], ['change'], 'success')],
  ['custom_static_authenticator_disable', is(['iam'], ['user', 'change'], 'success')],
  ['user_offboarded', is(['iam'], ['user', 'deletion'], 'success')],
  ['access_request_created', is(['iam'], ['info'], 'success')],
  ['access_request_approved', is(['iam'], ['user', 'change'], 'success')],
  ['access_request_denied', is(['iam'], ['info'], 'success')],
  ['access_request_revoked', is(['iam'], ['user', 'change'], 'success')],
]);

function is(category: readonly string[], type: readonly string[], outcome?: Outcome): EcsMeaning {
  return { ...(category.length > 0 && { category }), type, ...(outcome !== undefined && { outcome }) };
}

function passed(result: ReturnType<typeof asObject>): Outcome {
  const passing = get(result, 'passing');
  return passing === true ? 'success' : passing === false ? 'failure' : 'unknown';
}

const subjects: { readonly [kind in ModelClass]: readonly string[] | undefined } = {
  user: ['user'],
  token: ['user'],
  authenticator: ['user'],
  group: ['group'],
  role: ['group'],
  other: undefined,
};

/** Accounts, groups and credentials are identity; every other object is configuration. */
function change({ model }: SafeEvent, type: string): EcsMeaning {
  const subject = model === undefined ? undefined : subjects[modelClass(model)];
  return subject === undefined ? is(['configuration'], [type], 'success') : is(['iam'], [...subject, type], 'success');
}
