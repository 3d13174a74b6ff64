import type { Delivery, ItemResult } from '../../core/delivery.ts';
import type { Geo } from '../../core/event.ts';
import type { JsonObject } from '../../core/json.ts';
import { compact, members } from '../../render/formats/compact.ts';
import { ecsMeaning } from '../../render/formats/ecs-actions.ts';
import type { JsonFormat } from '../../render/formats/format.ts';
import { headline } from '../../render/formats/headline.ts';
import { jsonText } from '../../render/formats/json-text.ts';
import { clientAddress, rolesOf, text } from '../../render/formats/subject.ts';
import { createItem, type Item } from '../item.ts';
import { sendTimeMs } from '../batch/send-time.ts';
import type { DestinationDeps } from '../destination.ts';
import { eventPieces, eventTimeMs } from '../format.ts';

export interface LogOptions {
  readonly service: string;
  readonly hostname?: string;
  readonly tags: readonly string[];
  readonly format: JsonFormat;
}

const hourMs = 3_600_000;
/** Datadog drops logs outside of it without a word. The margin is for the way there. */
const window = { pastMsMax: 18 * hourMs - 300_000, futureMsMax: 2 * hourMs - 300_000 };

/** Writes a log: Datadog's reserved and standard attributes, and the whole event below `authentik`. */
export function logWriter(options: LogOptions, deps: DestinationDeps): (delivery: Delivery) => Item {
  const { service, hostname = deps.instance, tags, format } = options;
  const fixed = { ddsource: 'authentik', ddtags: tags.join(','), hostname, service };
  return (delivery) => {
    const timestamp = sendTimeMs(eventTimeMs(delivery), deps.clock.now(), window);
    const head = jsonText({ ...fixed, timestamp, ...attributes(delivery) });
    return createItem([`${head.slice(0, -1)},"authentik":`, ...eventPieces(format, delivery, deps), '}']);
  };
}

/** A delivery that Datadog would drop for its age. */
export function refuseLate(delivery: Delivery, nowMs: number): ItemResult | undefined {
  const ageMs = nowMs - eventTimeMs(delivery);
  if (ageMs <= window.pastMsMax) return undefined;
  const detail = `${Math.floor(ageMs / hourMs)} h old, Datadog takes 18 h`;
  return { status: 'rejected', reason: 'expired', detail };
}

function attributes({ event, key, rule, severity }: Delivery): JsonObject {
  const { http, exception, request_id } = event;
  const { actor } = rolesOf(event);
  const { outcome } = ecsMeaning(event);
  return members({
    message: headline(event),
    // authentik's severities are statuses of Datadog, which have the names of syslog.
    status: severity,
    delivery_key: key,
    rule,
    evt: compact({ name: event.action, outcome, id: event.id }),
    usr: compact({ id: actor?.id, name: actor?.name, email: actor?.email }),
    network: compact({ client: compact({ ip: clientAddress(event), geoip: geoip(event.geo) }) }),
    http: compact({
      method: text(http?.method),
      url: text(http?.path),
      useragent: text(http?.user_agent),
      request_id: text(request_id ?? http?.request_id),
    }),
    error: compact({ kind: text(exception?.[0]?.type), message: text(exception?.[0]?.value) }),
  });
}

function geoip(geo: Geo | undefined): JsonObject | undefined {
  if (geo === undefined) return undefined;
  return compact({
    city: compact({ name: geo.city }),
    country: compact({ iso_code: geo.country }),
    continent: compact({ code: geo.continent }),
  });
}
