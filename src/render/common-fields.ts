import type { SafeEvent } from '../core/event.ts';
import { long, short, type Field } from './field.ts';
import { capital, kindName } from './kind.ts';
import { isAnonymous, userLine } from './person.ts';
import { city, network } from './place.ts';
import { shortAgent } from './agent.ts';

/** The facts that matter for any action, as far as the event has them. */
export function commonFields(event: SafeEvent): readonly Field[] {
  const { user, http } = event;
  const where = [event.client_ip, city(event)].filter((part) => part !== undefined).join(', ');
  return [
    ...short('User', isAnonymous(user) ? undefined : userLine(user)),
    ...short('On behalf of', user.on_behalf_of && userLine(user.on_behalf_of)),
    ...short('Signed in as', signedInAs(event)),
    ...short('Address', where),
    ...short('Network', network(event)),
    ...short('Application', event.application?.name),
    ...object(event),
    ...short('Browser', http?.user_agent && shortAgent(http.user_agent)),
    ...long('Request', [http?.method, http?.path].filter((part) => part !== undefined).join(' ')),
    ...short('Tenant', event.schema_name === 'public' ? undefined : event.schema_name),
  ];
}

function signedInAs({ user }: SafeEvent): string | undefined {
  const session = user.authenticated_as;
  return session === undefined || isAnonymous(session) ? undefined : userLine(session);
}

function object({ model }: SafeEvent): readonly Field[] {
  return model === undefined ? [] : short(capital(kindName(model.model_name)), model.name ?? `#${model.pk ?? ''}`);
}
