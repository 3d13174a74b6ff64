import type { SafeEvent } from '../../core/event.ts';
import { asText, get } from '../../core/json.ts';
import { headline } from './headline.ts';
import { ecsMeaning } from './ecs-actions.ts';
import { jsonText } from './json-text.ts';
import { queryString } from './query-string.ts';
import { clientAddress, idText, rolesOf, text, type Person } from './subject.ts';

/** What the text formats say about an event, before each gives it its own names. */
export interface TextFacts {
  readonly title: string;
  readonly actor: Person | undefined;
  /** The account that it was done to: a changed one, one whose password was set, or an impersonated one. */
  readonly target: Person | undefined;
  readonly address: string | undefined;
  /** What stands in the place of an address and is none: a pseudonym, a network. */
  readonly addressName: string | undefined;
  readonly outcome: string | undefined;
  readonly category: string | undefined;
  readonly reason: string | undefined;
  /** Path and query of the request. */
  readonly request: string | undefined;
  /** `authentik_core.group`. */
  readonly objectType: string | undefined;
  readonly objectName: string | undefined;
  readonly objectId: string | undefined;
  readonly authMethod: string | undefined;
  /** What changed, as JSON. */
  readonly changes: string | undefined;
  /** `Berlin, DE`. */
  readonly place: string | undefined;
}

/** The facts of an event, as they are in it: nothing is cut and nothing escaped. */
export function textFacts(event: SafeEvent): TextFacts {
  const { context, model, http, diff, geo, exception } = event;
  const { actor, target, effective } = rolesOf(event);
  const { category, outcome } = ecsMeaning(event);
  const query = queryString(http?.args);
  const place = [geo?.city, geo?.country].filter((part) => part !== undefined).join(', ');
  const [failure] = exception ?? [];
  const address = clientAddress(event);
  return {
    title: headline(event),
    actor,
    target: target ?? effective,
    address,
    addressName: address === undefined ? text(event.client_ip) : undefined,
    outcome,
    category: category?.join(','),
    reason:
      text(get(context, 'reason')) ??
      text(get(context, 'logout_reason')) ??
      (failure === undefined
        ? undefined
        : text([failure.type, failure.value].filter((part) => part !== '').join(': '))),
    request: http?.path === undefined ? undefined : query === undefined ? http.path : `${http.path}?${query}`,
    objectType: model && `${model.app}.${model.model_name}`,
    objectName: text(model?.name),
    objectId: idText(model?.pk),
    authMethod: asText(get(context, 'auth_method')),
    changes: diff === undefined || Object.keys(diff).length === 0 ? undefined : jsonText(diff),
    place: text(place),
  };
}
