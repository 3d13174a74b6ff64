import type { Delivery } from '../../core/delivery.ts';
import type { Event } from '../../core/event.ts';
import type { Json } from '../../core/json.ts';
import { ecsMeaning } from '../../render/formats/ecs-actions.ts';
import { headline } from '../../render/formats/headline.ts';
import { repairJson } from '../../render/formats/json-text.ts';
import { clientAddress, rolesOf, text, type Roles } from '../../render/formats/subject.ts';
import { isoMillis } from '../../render/formats/time.ts';
import { eventTimeMs } from '../format.ts';

/** A column of the table; `value` undefined leaves it empty. */
export interface Column {
  readonly name: string;
  readonly type: 'datetime' | 'string' | 'long' | 'dynamic';
  /** Not there for the event itself. */
  readonly value?: (facts: Facts) => Json | undefined;
}

interface Facts {
  readonly delivery: Delivery;
  readonly event: Event;
  readonly roles: Roles;
  readonly instance: string;
  readonly time: string;
}

/** The last column: the event as it is stored. */
export const eventColumn = 'Event';

/** The columns of a row: short names, none of them one that Log Analytics keeps to itself. */
export const columns: readonly Column[] = [
  { name: 'TimeGenerated', type: 'datetime', value: ({ time }) => time },
  // Azure replaces a TimeGenerated that is too old; this one stays.
  { name: 'EventTime', type: 'datetime', value: ({ time }) => time },
  { name: 'DeliveryKey', type: 'string', value: ({ delivery }) => delivery.key },
  { name: 'EventId', type: 'string', value: ({ event }) => event.id },
  { name: 'Action', type: 'string', value: ({ event }) => event.action },
  { name: 'EventResult', type: 'string', value: ({ delivery }) => ecsMeaning(delivery.event).outcome },
  { name: 'EventMessage', type: 'string', value: ({ delivery }) => headline(delivery.event) },
  { name: 'AlertSeverity', type: 'string', value: ({ delivery }) => delivery.severity },
  { name: 'RuleName', type: 'string', value: ({ delivery }) => delivery.rule },
  { name: 'ActorUsername', type: 'string', value: ({ roles }) => roles.actor?.name },
  { name: 'ActorUserId', type: 'string', value: ({ roles }) => roles.actor?.id },
  { name: 'ActorEmail', type: 'string', value: ({ roles }) => roles.actor?.email },
  { name: 'TargetUsername', type: 'string', value: ({ roles }) => roles.target?.name },
  { name: 'TargetUserId', type: 'string', value: ({ roles }) => roles.target?.id },
  { name: 'EffectiveUsername', type: 'string', value: ({ roles }) => roles.effective?.name },
  { name: 'SrcIpAddr', type: 'string', value: ({ delivery }) => clientAddress(delivery.event) },
  { name: 'SrcGeoCountry', type: 'string', value: ({ event }) => event.geo?.country },
  { name: 'SrcGeoCity', type: 'string', value: ({ event }) => event.geo?.city },
  { name: 'SrcAsn', type: 'long', value: ({ event }) => whole(event.asn?.asn) },
  { name: 'SrcAsOrganization', type: 'string', value: ({ event }) => event.asn?.as_org },
  { name: 'HttpRequestMethod', type: 'string', value: ({ event }) => text(event.http?.method) },
  { name: 'UrlPath', type: 'string', value: ({ event }) => text(event.http?.path) },
  { name: 'UrlDomain', type: 'string', value: ({ event }) => text(event.domain_url) },
  { name: 'HttpUserAgent', type: 'string', value: ({ event }) => text(event.http?.user_agent) },
  { name: 'RequestId', type: 'string', value: ({ event }) => text(event.request_id ?? event.http?.request_id) },
  { name: 'TargetAppName', type: 'string', value: ({ event }) => text(event.application?.name) },
  {
    name: 'ObjectType',
    type: 'string',
    value: ({ event }) => event.model && `${event.model.app}.${event.model.model_name}`,
  },
  { name: 'ObjectId', type: 'string', value: ({ event }) => event.model?.pk?.toString() },
  { name: 'ObjectName', type: 'string', value: ({ event }) => text(event.model?.name) },
  { name: 'ExceptionType', type: 'string', value: ({ event }) => text(event.exception?.[0]?.type) },
  { name: 'ExceptionMessage', type: 'string', value: ({ event }) => text(event.exception?.[0]?.value) },
  { name: 'PodName', type: 'string', value: ({ event }) => event.origin.pod },
  { name: 'HeraldInstance', type: 'string', value: ({ instance }) => instance },
  { name: eventColumn, type: 'dynamic' },
];

/**
 * The row of a delivery as JSON up to the event itself, which comes last: without a comma and the closing brace. Column by column,
 * because an object of that many changing keys takes twice as long to make and to write.
 */
export function factsJson(delivery: Delivery, instance: string): string {
  const { event } = delivery;
  const facts = { delivery, event, roles: rolesOf(event), instance, time: isoMillis(eventTimeMs(delivery)) };
  let row = '';
  for (const { name, value } of columns) {
    const cell = value?.(facts);
    if (cell !== undefined) row += `${row === '' ? '{' : ','}"${name}":${JSON.stringify(cell)}`;
  }
  return repairJson(row);
}

function whole(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
