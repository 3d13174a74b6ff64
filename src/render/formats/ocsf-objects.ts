import type { ModelRef, SafeEvent } from '../../core/event.ts';
import { get, isObject, type Json, type JsonObject } from '../../core/json.ts';
import { isAnonymous } from '../person.ts';
import { compact, members } from './compact.ts';
import { modelClass } from './model-class.ts';
import { queryString } from './query-string.ts';
import { asNumber, clientAddress, coordinates, idText, text, type Person } from './subject.ts';

/** OCSF's own test for a mail address: what does not pass may not stand in a field of that type. */
const mailAddress = /^[a-zA-Z0-9!#$%&'*+\-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/;
const methods: ReadonlySet<string> = new Set('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT TRACE'.split(' '));

/** The text when OCSF takes it for a mail address. */
export function mail(value: unknown): string | undefined {
  const found = text(value);
  return found !== undefined && mailAddress.test(found) ? found : undefined;
}

/** A user object; `unknown` where the log does not say who. */
export function userObject(person: Person | undefined): JsonObject {
  if (person === undefined) return { name: 'unknown', type_id: 0, type: 'Unknown' };
  const { id, email } = person;
  // OCSF wants a name or a key: the address must do where there is neither.
  const name = person.name ?? (id === undefined ? email : undefined);
  const address = mail(email);
  // A pseudonym is no address, and OCSF takes nothing else there.
  const alternative = address === undefined && email !== name ? email : undefined;
  return members({ name, uid: id, email_addr: address, uid_alt: alternative, type_id: 1, type: 'User' });
}

/** The user whom classes require also for what authentik does by itself. */
export const systemUser: JsonObject = { name: 'authentik', type_id: 3, type: 'System' };

/** Who did it; authentik itself where no user is named. `source` is the identity provider that vouches for the user. */
export function actorObject(event: SafeEvent, actor: Person | undefined, source: ModelRef | undefined): JsonObject {
  const idp = source && compact({ name: text(source.name), uid: idText(source.pk), protocol_name: source.model_name });
  const known = actor !== undefined || isAnonymous(event.user);
  return members({
    user: known ? userObject(actor) : undefined,
    app_name: known ? undefined : 'authentik',
    idp: idp?.['name'] === undefined && idp?.['uid'] === undefined ? undefined : idp,
  });
}

/** Where the request came from: what is no address (a pseudonym, a network) is a name. */
export function endpointObject(event: SafeEvent): JsonObject | undefined {
  const ip = clientAddress(event);
  const name = ip === undefined ? text(event.client_ip) : undefined;
  if (ip === undefined && name === undefined) return undefined;
  const { geo, asn } = event;
  const named = geo?.city !== undefined || geo?.country !== undefined;
  return members({
    ip,
    name,
    location: named
      ? members({ city: geo.city, country: geo.country, continent: geo.continent, ...coordinates(geo) })
      : undefined,
    autonomous_system: compact({ number: asNumber(asn), name: asn?.as_org }),
  });
}

/** The HTTP request that caused the event. */
export function requestObject({ http, request_id, domain_url }: SafeEvent): JsonObject | undefined {
  if (http === undefined) return undefined;
  const path = text(http.path);
  return compact({
    http_method: http.method !== undefined && methods.has(http.method) ? http.method : undefined,
    url:
      path === undefined
        ? undefined
        : members({ path, query_string: queryString(http.args), hostname: text(domain_url) }),
    user_agent: text(http.user_agent),
    uid: text(request_id ?? http.request_id),
  });
}

/** An object of authentik's as a thing that has a name or a key; undefined for one without either. */
export function named(ref: ModelRef | undefined): { readonly name?: string; readonly uid?: string } | undefined {
  const name = text(ref?.name);
  const uid = idText(ref?.pk);
  if (name === undefined && uid === undefined) return undefined;
  return { ...(name !== undefined && { name }), ...(uid !== undefined && { uid }) };
}

/** An object of authentik's as a managed entity. */
export function entityObject(ref: ModelRef | undefined): JsonObject {
  const known = named(ref);
  if (ref === undefined || known === undefined) return { name: ref?.model_name ?? 'unknown', type_id: 0 };
  const kind = modelClass(ref);
  if (kind === 'user') return { ...known, type_id: 2, type: 'User', user: { ...known, type_id: 1, type: 'User' } };
  if (kind === 'group') return { ...known, type_id: 3, type: 'Group', group: known };
  return { ...known, type_id: 99, type: `${ref.app}.${ref.model_name}` };
}

/** An account as a managed entity. */
export function personEntity(person: Person | undefined): JsonObject {
  const user = userObject(person);
  return members({ name: get(user, 'name'), uid: get(user, 'uid'), type_id: 2, type: 'User', user });
}

/** The keys in a many-to-many change, where they stand alone or (from 2026.2) in whole objects. */
export function memberKeys(list: Json | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Json) => idText(isObject(item) ? get(item, 'pk') : item) ?? []);
}
