import type { Severity } from '../../core/delivery.ts';
import { product, version } from '../../core/identity.ts';
import type { FormatInput } from './input.ts';
import { clientAddress, rolesOf } from './subject.ts';
import { oneLine } from './text-value.ts';
import { isoMillis } from './time.ts';

/** Facilities that a service may use, by their usual names. */
export const facilityNames = [
  'user',
  'daemon',
  'auth',
  'syslog',
  'authpriv',
  'audit',
  'alert',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;
export type Facility = (typeof facilityNames)[number];

/** Their numbers (RFC 5424, 6.2.1). */
const facilities: { readonly [name in Facility]: number } = {
  user: 1,
  daemon: 3,
  auth: 4,
  syslog: 5,
  authpriv: 10,
  audit: 13,
  alert: 14,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

/** What a syslog message says beside its text. */
export interface SyslogOptions {
  readonly facility: Facility;
  readonly appName: string;
  /** Undefined: the pod that the line came from, else herald's own name. */
  readonly hostname: string | undefined;
  readonly structuredData: boolean;
}

const severities: { readonly [severity in Severity]: number } = { notice: 5, warning: 4, alert: 1 };

/**
 * The header and the structured data of an RFC 5424 message for an event, with the blank before the text. Its time is the
 * event's; every part has only the characters and the length that the RFC gives it, whatever the event holds.
 */
export function syslogHeader(input: FormatInput, options: SyslogOptions): string {
  const { event, severity, instance } = input;
  const { origin, action } = event;
  const priority = facilities[options.facility] * 8 + severities[severity];
  const host = headerPart(options.hostname ?? origin.pod ?? instance, 255);
  const app = headerPart(options.appName, 48);
  const process = headerPart(origin.container ?? '', 128);
  const data = options.structuredData ? structuredData(input) : '-';
  return `<${priority}>1 ${isoMillis(event.at)} ${host} ${app} ${process} ${headerPart(action, 32)} ${data} `;
}

/** The number of the example of RFC 5612: authentik has none of its own. */
const enterprise = 32473;
const valueCharsMax = 255;

function structuredData(input: FormatInput): string {
  const { event, key, rule, severity } = input;
  const { actor, target, effective } = rolesOf(event);
  const named = target ?? effective;
  const parameters: readonly (readonly [string, string | undefined])[] = [
    ['key', key],
    ['action', event.action],
    ['severity', severity],
    ['rule', rule],
    ['user', actor?.name ?? actor?.email],
    ['target', named?.name ?? named?.email],
    ['client_ip', clientAddress(event)],
    ['application', event.application?.name],
    ['tenant', event.schema_name],
    ['request_id', event.request_id],
  ];
  let text = '';
  for (const [name, value] of parameters) {
    if (value !== undefined && value !== '') text += ` ${name}="${parameterValue(value)}"`;
  }
  return `[authentik@${enterprise}${text}][origin software="${product}" swVersion="${version}"]`;
}

/** Quotation marks, backslashes and closing brackets are escaped (6.3.3); line ends are none any more. */
function parameterValue(value: string): string {
  return oneLine(value, valueCharsMax, ' ⏎ ').replaceAll(/["\\\]]/g, String.raw`\$&`);
}

/** PRINTUSASCII without blanks, `_` for anything else, `-` for nothing. */
function headerPart(value: string, charsMax: number): string {
  return value.slice(0, charsMax).replaceAll(/[^\x21-\x7e]/g, '_') || '-';
}
