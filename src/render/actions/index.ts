import type { SafeEvent } from '../../core/event.ts';
import { accessActions } from './access.ts';
import { accountActions } from './account.ts';
import type { ActionText, Describe } from './action.ts';
import { customActions, describeAny } from './generic.ts';
import { heraldActions } from './herald.ts';
import { loginActions } from './login.ts';
import { objectActions } from './objects.ts';
import { policyActions } from './policy.ts';
import { reviewActions } from './review.ts';
import { systemActions } from './system.ts';

/** Every action that has a text of its own. */
export const actions: ReadonlyMap<string, Describe> = new Map([
  ...loginActions,
  ...accessActions,
  ...accountActions,
  ...objectActions,
  ...policyActions,
  ...systemActions,
  ...reviewActions,
  ...customActions,
  ...heraldActions,
]);

/** What an event says, in words; a general text for an action that has none of its own. The title is not empty. */
export function describe(event: SafeEvent): ActionText {
  return (actions.get(event.action) ?? describeAny)(event);
}
