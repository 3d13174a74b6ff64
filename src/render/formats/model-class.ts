import type { ModelRef } from '../../core/event.ts';

/** What a change of an object means to a SIEM; `other` is configuration. */
export type ModelClass = 'user' | 'group' | 'role' | 'token' | 'authenticator' | 'other';

/** The class of one of authentik's objects. */
export function modelClass({ app, model_name }: ModelRef): ModelClass {
  if (app === 'authentik_core') {
    if (model_name === 'user' || model_name === 'group' || model_name === 'token') return model_name;
  } else if (app === 'authentik_rbac') {
    return 'role';
  } else if (app.startsWith('authentik_stages_authenticator') && model_name.endsWith('device')) {
    return 'authenticator';
  }
  return 'other';
}
