import type { Asn, Geo, HttpRequest, ModelRef, Origin, SafeEvent } from '../../core/event.ts';
import { product, version } from '../../core/identity.ts';
import { asText, get, type Json, type JsonObject } from '../../core/json.ts';
import { eventLogUrl } from '../links.ts';
import { compact, members } from './compact.ts';
import { ecsMeaning } from './ecs-actions.ts';
import type { FormatInput } from './input.ts';
import { isDetection, scaleOf } from './level.ts';
import { modelClass } from './model-class.ts';
import { queryString } from './query-string.ts';
import { asNumber, clientAddress, coordinates, idText, rolesOf, text, type Person, type Roles } from './subject.ts';
import { isoMillis } from './time.ts';
import { headline } from './headline.ts';

/**
 * The event in the Elastic Common Schema 9.4. Fields that ECS lacks stand below `authentik`, where `context` holds whatever
 * authentik wrote: map it as `flattened`, because the same key has different types in different events.
 */
export function ecsDocument(input: FormatInput): JsonObject {
  const { event, severity, rule, instance } = input;
  const { http, exception, request_id } = event;
  const roles = rolesOf(event);
  const ip = clientAddress(event);
  return members({
    '@timestamp': isoMillis(event.at),
    ecs: { version: '9.4.0' },
    message: headline(event),
    event: eventFields(input),
    log: { level: severity },
    rule: { name: rule },
    user: userFields(roles),
    source: compact({ address: event.client_ip, ip, geo: geoFields(event.geo), as: asFields(event.asn) }),
    related: related(roles, ip, event.domain_url),
    url: compact({ domain: text(event.domain_url), path: text(http?.path), query: queryString(http?.args) }),
    http: httpFields(http, request_id),
    user_agent: compact({ original: text(http?.user_agent) }),
    error: compact({ type: text(exception?.[0]?.type), message: text(exception?.[0]?.value) }),
    email: emailFields(event),
    package: packageFields(event),
    group: groupFields(event.model),
    organization: compact({ id: text(event.schema_name) }),
    observer: { vendor: 'authentik', product: 'authentik', type: 'idp' },
    agent: { type: product, version, name: instance },
    orchestrator: orchestratorFields(event.origin),
    container: compact({ name: event.origin.container }),
    authentik: members({
      id: event.id,
      action: event.action,
      model: refFields(event.model),
      application: refFields(event.application),
      context: event.context,
    }),
  });
}

function eventFields({ event, key, severity, authentikUrl }: FormatInput): JsonObject {
  const { category, type, outcome } = ecsMeaning(event);
  return members({
    kind: isDetection(severity) ? 'alert' : 'event',
    category,
    type,
    outcome,
    action: event.action.replaceAll('_', '-'),
    id: key,
    module: 'authentik',
    dataset: 'authentik.event',
    provider: event.app,
    severity: scaleOf[severity],
    reason: text(get(event.context, 'reason')) ?? text(get(event.context, 'logout_reason')),
    url: authentikUrl === undefined ? undefined : eventLogUrl(event, authentikUrl),
  });
}

function userFields({ actor, target, effective }: Roles): JsonObject | undefined {
  return compact({
    id: actor?.id,
    name: actor?.name,
    email: actor?.email,
    target: target && personFields(target),
    effective: effective && personFields(effective),
  });
}

function personFields({ id, name, email }: Person): JsonObject {
  return members({ id, name, email });
}

function geoFields(geo: Geo | undefined): JsonObject | undefined {
  if (geo === undefined) return undefined;
  const { city, country, continent } = geo;
  const { lat, long } = coordinates(geo) ?? {};
  const location = lat === undefined || long === undefined ? undefined : { lat, lon: long };
  return compact({ city_name: city, country_iso_code: country, continent_code: continent, location });
}

function asFields(asn: Asn | undefined): JsonObject | undefined {
  return asn && compact({ number: asNumber(asn), organization: compact({ name: asn.as_org }) });
}

function related(
  { actor, target, effective }: Roles,
  ip: string | undefined,
  domain: string | undefined,
): JsonObject | undefined {
  const names = [actor?.name, target?.name, effective?.name];
  const users = names.flatMap((name, at) => (name === undefined || names.indexOf(name) < at ? [] : name));
  return compact({
    user: users.length > 0 ? users : undefined,
    ip: ip === undefined ? undefined : [ip],
    hosts: domain === undefined || domain === '' ? undefined : [domain],
  });
}

function httpFields(http: HttpRequest | undefined, requestId: string | undefined): JsonObject | undefined {
  const request = compact({ method: text(http?.method), id: text(requestId ?? http?.request_id) });
  return request && { request };
}

function emailFields({ action, context }: SafeEvent): JsonObject | undefined {
  if (action !== 'email_sent') return undefined;
  return members({
    direction: 'outbound',
    subject: text(get(context, 'subject')),
    from: addresses(get(context, 'from_email')),
    to: addresses(get(context, 'to_email')),
  });
}

function packageFields({ action, context }: SafeEvent): JsonObject | undefined {
  if (action !== 'update_available') return undefined;
  return members({ name: 'authentik', version: text(get(context, 'new_version')) });
}

function groupFields(model: ModelRef | undefined): JsonObject | undefined {
  if (model === undefined || modelClass(model) !== 'group') return undefined;
  return compact({ id: idText(model.pk), name: text(model.name) });
}

function addresses(value: Json | undefined): JsonObject | undefined {
  const list = (Array.isArray(value) ? value : [value]).flatMap((item: Json | undefined) => text(asText(item)) ?? []);
  return list.length > 0 ? { address: list } : undefined;
}

/** Keys are numbers or texts in authentik, and one field can only be one of them. */
function refFields(ref: ModelRef | undefined): JsonObject | undefined {
  return ref && compact({ app: ref.app, model_name: ref.model_name, pk: idText(ref.pk), name: ref.name });
}

function orchestratorFields({ namespace, pod }: Origin): JsonObject | undefined {
  const name = compact({ name: pod });
  const place = compact({ namespace, resource: name && { type: 'pod', ...name } });
  return place && { type: 'kubernetes', ...place };
}
