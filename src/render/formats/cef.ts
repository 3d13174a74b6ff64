import { isIPv4 } from 'node:net';
import { version } from '../../core/identity.ts';
import { jsonText } from './json-text.ts';
import type { FormatInput } from './input.ts';
import { actionName } from './headline.ts';
import { scaleOf } from './level.ts';
import { asNumber, coordinates } from './subject.ts';
import { textFacts } from './text-facts.ts';
import { isHarmless, oneLine } from './text-value.ts';
import { clampMs } from './time.ts';

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
  return `${header.join('|')}|${scaleOf[severity]}|${extension(input)}`;
}

/** The pairs that have a value, each with the most characters that CEF's dictionary gives it; free fields have a label. */
function extension({ event, key, rule, instance }: FormatInput): string {
  const facts = textFacts(event);
  const { actor, target, address, objectType, changes, authMethod, objectName, place } = facts;
  const v4 = address !== undefined && isIPv4(address);
  const { http, asn, geo, application, origin } = event;
  const at = geo && coordinates(geo);
  let text = '';
  const add = (name: string, value: string | number | undefined, charsMax = stringCharsMax, label?: string): void => {
    if (value === undefined || value === '') return;
    text += `${text === '' ? '' : ' '}${name}=${typeof value === 'number' ? value : extensionText(value, charsMax)}`;
    if (label !== undefined) text += ` ${name}Label=${label}`;
  };
  add('rt', clampMs(event.at));
  add('externalId', key.replace('.', ''), 40);
  add('msg', facts.title);
  add('cat', facts.category);
  add('act', event.action, 63);
  add('outcome', facts.outcome, 63);
  add('reason', facts.reason);
  add('suser', actor?.name ?? actor?.email);
  add('suid', actor?.id);
  add('duser', target?.name ?? target?.email);
  add('duid', target?.id);
  add('src', v4 ? address : undefined);
  add('c6a2', v4 ? undefined : address, stringCharsMax, 'Source IPv6 Address');
  add('shost', facts.addressName);
  add('slat', at?.lat);
  add('slong', at?.long);
  add('requestMethod', http?.method);
  add('request', facts.request);
  add('requestClientApplication', http?.user_agent);
  add('destinationServiceName', application?.name);
  add('dvchost', event.domain_url, 100);
  add('deviceExternalId', origin.pod, 255);
  add('sourceServiceName', instance);
  add('cs1', rule, customCharsMax, 'rule');
  add('cs2', objectType, customCharsMax, 'object');
  add('cs3', objectName ?? facts.objectId, customCharsMax, 'objectName');
  add('cs4', authMethod, customCharsMax, 'authMethod');
  add('cs5', changes, customCharsMax, 'changes');
  add('cs6', jsonText(event.context), customCharsMax, 'context');
  add('cn1', asNumber(asn), stringCharsMax, 'asn');
  add('flexString1', place, stringCharsMax, 'place');
  add('flexString2', event.schema_name, stringCharsMax, 'tenant');
  return text;
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
