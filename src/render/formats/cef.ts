import { isIPv4 } from 'node:net';
import { version } from '../../core/identity.ts';
import { jsonText } from './json-text.ts';
import type { FormatInput } from './format.ts';
import { actionName } from './headline.ts';
import { scaleOf } from './level.ts';
import { asNumber, coordinates } from './subject.ts';
import { textFacts } from './text-facts.ts';
import { isHarmless, oneLine } from './text-value.ts';
import { clampMs } from './time.ts';

/** A key of the extension, its value, the most characters that CEF's dictionary gives it, and the label of a free field. */
type Pair = readonly [key: string, value: string | number | undefined, charsMax?: number, label?: string];

const stringCharsMax = 1023;
const customCharsMax = 4000;

/**
 * The event in ArcSight's Common Event Format: `CEF:0|goauthentik|authentik|<herald's version>|<action>|<name>|<severity>|…`.
 * Keys and their lengths are those of its dictionary; the action is the event class. `externalId`, which has room for 40
 * characters, is the delivery's key without its dot.
 */
export function cefText(input: FormatInput): string {
  const { event, severity } = input;
  const header = [
    'CEF:0',
    'goauthentik',
    'authentik',
    version,
    ...[event.action, actionName(event.action)].map(headerText),
  ];
  let extension = '';
  for (const [key, value, charsMax = stringCharsMax, label] of pairs(input)) {
    if (value === undefined || value === '') continue;
    extension += ` ${key}=${typeof value === 'number' ? value : extensionText(value, charsMax)}`;
    if (label !== undefined) extension += ` ${key}Label=${label}`;
  }
  return `${header.join('|')}|${scaleOf[severity]}|${extension.slice(1)}`;
}

function pairs({ event, key, rule, instance }: FormatInput): readonly Pair[] {
  const facts = textFacts(event);
  const { actor, target, address, objectType, changes, authMethod, objectName, place } = facts;
  const v4 = address !== undefined && isIPv4(address);
  const { http, asn, geo, application, origin } = event;
  const at = geo && coordinates(geo);
  return [
    ['rt', clampMs(event.at)],
    ['externalId', key.replace('.', ''), 40],
    ['msg', facts.title],
    ['cat', facts.category],
    ['act', event.action, 63],
    ['outcome', facts.outcome, 63],
    ['reason', facts.reason],
    ['suser', actor?.name ?? actor?.email],
    ['suid', actor?.id],
    ['duser', target?.name ?? target?.email],
    ['duid', target?.id],
    ['src', v4 ? address : undefined],
    ['c6a2', v4 ? undefined : address, stringCharsMax, 'Source IPv6 Address'],
    ['shost', facts.addressName],
    ['slat', at?.lat],
    ['slong', at?.long],
    ['requestMethod', http?.method],
    ['request', facts.request],
    ['requestClientApplication', http?.user_agent],
    ['destinationServiceName', application?.name],
    ['dvchost', event.domain_url, 100],
    ['deviceExternalId', origin.pod, 255],
    ['sourceServiceName', instance],
    ['cs1', rule, customCharsMax, 'rule'],
    ['cs2', objectType, customCharsMax, 'object'],
    ['cs3', objectName ?? facts.objectId, customCharsMax, 'objectName'],
    ['cs4', authMethod, customCharsMax, 'authMethod'],
    ['cs5', changes, customCharsMax, 'changes'],
    ['cs6', jsonText(event.context), customCharsMax, 'context'],
    ['cn1', asNumber(asn), stringCharsMax, 'asn'],
    ['flexString1', place, stringCharsMax, 'place'],
    ['flexString2', event.schema_name, stringCharsMax, 'tenant'],
  ];
}

/** In the header a bar and a backslash are escaped, and there are no line ends at all. */
function headerText(value: string): string {
  if (isHarmless(value)) return value.slice(0, 512);
  return oneLine(value, 512, ' ').replaceAll(/[\\|]/g, String.raw`\$&`);
}

/** Ordinary text without either of them: most values. */
const unescaped = /^[\x20-\x3c\x3e-\x5b\x5d-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e]*$/;

/** In the extension a backslash and an equals sign are escaped, and a line end is `\n`. */
function extensionText(value: string, charsMax: number): string {
  if (value.length <= charsMax && unescaped.test(value)) return value;
  const escaped = oneLine(value, charsMax, '\n').replaceAll(/[\\=]/g, String.raw`\$&`);
  return escaped.replaceAll('\n', String.raw`\n`);
}
