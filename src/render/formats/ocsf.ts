import type { Event } from '../../core/event.ts';
import { product, version } from '../../core/identity.ts';
import type { JsonObject } from '../../core/json.ts';
import { eventLogUrl } from '../links.ts';
import { refAt } from '../object.ts';
import { compact, members, type Members } from './compact.ts';
import type { FormatInput } from './input.ts';
import { headline } from './headline.ts';
import { isDetection } from './level.ts';
import { activityOf } from './ocsf-actions.ts';
import type { Activity } from './ocsf-activity.ts';
import { ocsfCategories, ocsfClass } from './ocsf-captions.ts';
import { actorObject, endpointObject, requestObject } from './ocsf-objects.ts';
import { rolesOf, text } from './subject.ts';
import { clampMs } from './time.ts';

const severities = { notice: [1, 'Informational'], warning: [3, 'Medium'], alert: [4, 'High'] } as const;

/**
 * The event as OCSF 1.8.0. What a rule with a severity above `notice` sends is a Detection Finding about it, as is a suspicious
 * request; anything else is in the class of its action. What OCSF has no attribute for stands whole in `unmapped`.
 */
export function ocsfDocument(input: FormatInput): JsonObject {
  const { event } = input;
  const roles = rolesOf(event);
  const own = activityOf(event, roles);
  const actor = actorObject(event, roles.actor, refAt(event.context, 'source'));
  const endpoint = endpointObject(event);
  const request = requestObject(event);
  if (event.action === 'suspicious_request' || isDetection(input.severity)) {
    const evidence = members({ actor, src_endpoint: endpoint, http_request: request, data: event.context });
    const place = compact({ origin: compact({ ...event.origin }) });
    return document(input, finding(input, own), { actor, evidences: [evidence], unmapped: place });
  }
  const { request: hasRequest } = ocsfClass(own.classUid);
  const seen = hasRequest ? { src_endpoint: endpoint, http_request: request } : {};
  return document(input, own, { actor, ...seen, unmapped: unmapped(event, seen) });
}

/** The finding that a rule, or authentik itself, makes of an event; `related_events` is what it would be without. */
function finding(
  { event, key, rule, severity, authentikUrl }: FormatInput,
  { classUid, activity }: Activity,
): Activity {
  const found = isDetection(severity) ? rule : event.action;
  return {
    classUid: 2004,
    activity: 1,
    fields: {
      is_alert: true,
      status_id: 1,
      status: 'New',
      finding_info: members({
        uid: key,
        title: headline(event),
        types: [event.action],
        created_time: clampMs(event.at),
        analytic: { name: found, type_id: 1, type: 'Rule' },
        related_events: [{ uid: event.id, type_uid: classUid * 100 + activity }],
        src_url: authentikUrl === undefined ? undefined : eventLogUrl(event, authentikUrl),
      }),
    },
  };
}

function document(input: FormatInput, activity: Activity, context: Members): JsonObject {
  const { event, severity } = input;
  const { classUid, activity: id, name = id === 99 ? 'Other' : 'Unknown', status } = activity;
  const { name: className, category, activities } = ocsfClass(classUid);
  const [severityId, severityName] = severities[severity];
  return members({
    activity_id: id,
    activity_name: activities[id] ?? name,
    category_uid: category,
    category_name: ocsfCategories[category],
    class_uid: classUid,
    class_name: className,
    type_uid: classUid * 100 + id,
    type_name: `${className}: ${activities[id] ?? 'Other'}`,
    time: clampMs(event.at),
    severity_id: severityId,
    severity: severityName,
    status_id: status === undefined ? undefined : status === 'success' ? 1 : 2,
    status: status === undefined ? undefined : status === 'success' ? 'Success' : 'Failure',
    message: headline(event),
    metadata: metadata(input),
    ...activity.fields,
    ...context,
  });
}

function metadata({ event, key, rule, instance }: FormatInput): JsonObject {
  return members({
    version: '1.8.0',
    uid: key,
    original_event_uid: event.id,
    event_code: event.action,
    correlation_uid: text(event.request_id),
    tenant_uid: text(event.schema_name),
    log_provider: event.app,
    product: { name: 'authentik', vendor_name: 'authentik' },
    loggers: [{ name: instance, product: { name: product, version } }],
    tags: [{ name: 'rule', value: rule }],
  });
}

/** What has no place in the class: authentik's context but for what was mapped whole, and where the line came from. */
function unmapped(event: Event, { src_endpoint, http_request }: Members): JsonObject | undefined {
  const placed = src_endpoint !== undefined && event.geo?.country !== undefined;
  const context = without(event.context, [
    ...(placed ? ['geo'] : []),
    ...(http_request === undefined ? [] : ['http_request']),
  ]);
  return compact({
    client_ip: src_endpoint === undefined ? event.client_ip : undefined,
    context: Object.keys(context).length > 0 ? context : undefined,
    origin: compact({ ...event.origin }),
  });
}

/** The object without some of its keys; `fromEntries` takes any key for what it is. */
function without(object: JsonObject, keys: readonly string[]): JsonObject {
  if (!keys.some((key) => Object.hasOwn(object, key))) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
