import { actionClass } from '../../core/action.ts';
import type { Delivery, Severity } from '../../core/delivery.ts';
import type { Origin } from '../../core/event.ts';
import { clientAddress, rolesOf, text } from '../../render/formats/subject.ts';
import { clampMs } from '../../render/formats/time.ts';
import { eventTimeMs } from '../format.ts';

/** Attributes by name; undefined ones are not there. OTLP has other types, but all of ours are texts. */
export interface Attributes {
  readonly [name: string]: string | undefined;
}

/** A log record before it is written in one of the two encodings. */
export interface LogRecord {
  readonly timeMs: number;
  readonly observedMs: number;
  readonly severityNumber: number;
  readonly severityText: Severity;
  readonly eventName: string;
  readonly body: string;
  readonly attributes: Attributes;
}

/** Where the syslog names of authentik's severities stand on OpenTelemetry's scale (Logs Data Model, appendix B). */
const severityNumbers: { readonly [severity in Severity]: number } = { notice: 10, warning: 13, alert: 19 };

/** The record of a delivery; `body` is its event as text. */
export function recordOf(delivery: Delivery, body: string, nowMs: number): LogRecord {
  const { event, severity } = delivery;
  const known = actionClass(event.action) === 'known';
  return {
    timeMs: clampMs(Math.max(eventTimeMs(delivery), 0)),
    observedMs: nowMs,
    severityNumber: severityNumbers[severity],
    severityText: severity,
    // Names of events have few values.
    eventName: known ? `authentik.${event.action}` : 'authentik.other',
    body,
    attributes: attributesOf(delivery),
  };
}

/** By the semantic conventions where they have a name, else below `authentik`. */
function attributesOf({ event, key, rule }: Delivery): Attributes {
  const { http, exception, geo, request_id } = event;
  const { actor } = rolesOf(event);
  return {
    'log.record.uid': key,
    'authentik.event.id': event.id,
    'authentik.action': text(event.action),
    'authentik.rule': rule,
    'authentik.request.id': text(request_id ?? http?.request_id),
    'authentik.application': text(event.application?.name),
    'user.id': actor?.id,
    'user.name': actor?.name,
    'user.email': actor?.email,
    'client.address': clientAddress(event),
    'geo.country.iso_code': geo?.country,
    'geo.continent.code': geo?.continent,
    'geo.locality.name': geo?.city,
    'http.request.method': text(http?.method),
    'url.domain': text(event.domain_url),
    'url.path': text(http?.path),
    'user_agent.original': text(http?.user_agent),
    'exception.type': text(exception?.[0]?.type),
    'exception.message': text(exception?.[0]?.value),
  };
}

/**
 * What the record is about, as JSON: authentik, and the container that it runs in as far as the log's place tells. Neighbours mostly
 * come from the same one.
 */
export function resourceWriter(fixed: Attributes): (origin: Origin) => string {
  let last: Origin = {};
  let text = resourceJson(last, fixed);
  return (origin) => {
    const { namespace, pod, container } = origin;
    if (namespace !== last.namespace || pod !== last.pod || container !== last.container) {
      last = origin;
      text = resourceJson(origin, fixed);
    }
    return text;
  };
}

function resourceJson({ namespace, pod, container }: Origin, fixed: Attributes): string {
  return JSON.stringify({
    'k8s.namespace.name': namespace,
    'k8s.pod.name': pod,
    'k8s.container.name': container,
    ...fixed,
  });
}
