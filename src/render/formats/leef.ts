import { version } from '../../core/identity.ts';
import type { FormatInput } from './input.ts';
import { jsonText } from './json-text.ts';
import { scaleOf } from './level.ts';
import { asNumber } from './subject.ts';
import { textFacts } from './text-facts.ts';
import { isHarmless, oneLine } from './text-value.ts';
import { isoMillis } from './time.ts';

const valueCharsMax = 4000;
/** What QRadar's own attributes hold. */
const ownCharsMax = 255;

/**
 * The event in QRadar's Log Event Extended Format 2.0 with `^` between the attributes. The format has no escapes: where a
 * text has that sign or, in the header, a bar, a look-alike stands in its place.
 */
export function leefText(input: FormatInput): string {
  const header = ['LEEF:2.0', 'goauthentik', 'authentik', version, headerText(input.event.action), '^'];
  let attributes = '';
  for (const [key, value, charsMax = valueCharsMax] of pairs(input)) {
    if (value === undefined || value === '') continue;
    attributes += `^${key}=${typeof value === 'number' ? value : attributeText(value, charsMax)}`;
  }
  return `${header.join('|')}|${attributes.slice(1)}`;
}

type Pair = readonly [key: string, value: string | number | undefined, charsMax?: number];

function pairs({ event, key, rule, severity, instance }: FormatInput): readonly Pair[] {
  const facts = textFacts(event);
  const { actor, target } = facts;
  const { http, asn, application, origin } = event;
  return [
    ['devTime', isoMillis(event.at).replace('Z', '+0000')],
    ['devTimeFormat', "yyyy-MM-dd'T'HH:mm:ss.SSSZ"],
    ['cat', facts.category],
    ['sev', scaleOf[severity]],
    ['usrName', actor?.name ?? actor?.email, ownCharsMax],
    ['src', facts.address],
    ['srcName', facts.addressName, ownCharsMax],
    ['identHostName', event.domain_url, ownCharsMax],
    ['realm', event.schema_name, ownCharsMax],
    ['policy', rule, ownCharsMax],
    ['resource', facts.objectName ?? facts.objectId ?? application?.name, ownCharsMax],
    ['url', facts.request],
    ['msg', facts.title],
    ['deliveryId', key],
    ['eventId', event.id],
    ['outcome', facts.outcome],
    ['reason', facts.reason],
    ['userId', actor?.id],
    ['userEmail', actor?.email],
    ['targetUser', target?.name ?? target?.email],
    ['targetUserId', target?.id],
    ['objectType', facts.objectType],
    ['application', application?.name],
    ['authMethod', facts.authMethod],
    ['requestMethod', http?.method],
    ['userAgent', http?.user_agent],
    ['requestId', event.request_id],
    ['place', facts.place],
    ['asn', asNumber(asn)],
    ['asnOrg', asn?.as_org],
    ['pod', origin.pod],
    ['instance', instance],
    ['changes', facts.changes],
    ['context', jsonText(event.context)],
  ];
}

function headerText(value: string): string {
  return isHarmless(value) ? value.slice(0, ownCharsMax) : attributeText(value, ownCharsMax).replaceAll('|', '¦');
}

function attributeText(value: string, charsMax: number): string {
  if (value.length <= charsMax && isHarmless(value)) return value;
  return oneLine(value, charsMax, ' ⏎ ').replaceAll('^', 'ˆ');
}
