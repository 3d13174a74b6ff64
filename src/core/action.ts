/** Every action that authentik 2022–2026 writes (authentik reference, EventAction), without `custom_<name>`. */
export const knownActions: ReadonlySet<string> = new Set([
  'login',
  'login_failed',
  'logout',
  'user_write',
  'suspicious_request',
  'password_set',
  'secret_view',
  'secret_rotate',
  'invitation_used',
  'authorize_application',
  'source_linked',
  'impersonation_started',
  'impersonation_ended',
  'flow_execution',
  'policy_execution',
  'policy_exception',
  'property_mapping_exception',
  'system_task_execution',
  'system_task_exception',
  'system_exception',
  'configuration_error',
  'configuration_warning',
  'model_created',
  'model_updated',
  'model_deleted',
  'email_sent',
  'update_available',
  'export_ready',
  'review_initiated',
  'review_overdue',
  'review_attested',
  'review_completed',
  'user_offboarded',
  'access_request_created',
  'access_request_approved',
  'access_request_denied',
  'access_request_revoked',
]);

/** herald's own: log lines are lost. */
export const gapAction = 'herald_gap';
/** herald's own: somebody tests a destination. */
export const testAction = 'herald_test';

/** herald's own: a rule tells about several events, or about what it held back. */
export const alertAction = 'herald_alert';

/** herald's own actions; no log line has one ({@link foreignAction}). */
export const ownActions: ReadonlySet<string> = new Set([gapAction, testAction, alertAction]);

/** The action that a log line names, which is never one of herald's own: views trust what those say. */
export function foreignAction(action: string): string {
  return action.startsWith('herald_') ? `custom_${action}` : action;
}

/** The closed set of action classes, fit for a metric label: an action itself is an open string. */
export function actionClass(action: string): 'known' | 'custom' | 'unknown' {
  if (knownActions.has(action) || action === gapAction) return 'known';
  return action.startsWith('custom_') ? 'custom' : 'unknown';
}
