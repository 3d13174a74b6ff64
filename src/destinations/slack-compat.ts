import type { Delivery } from '../core/delivery.ts';
import type { Json } from '../core/json.ts';

/** What authentik would have known and its log does not say. */
export interface CompatOptions {
  /** Value of the field "Dispatched for user". */
  readonly recipient: string;
  /** authentik's version for the footer. */
  readonly version: string | undefined;
}

const icon = 'https://goauthentik.io/img/icon.png';
const fieldsMax = 25;
const titleCodePointsMax = 256;
const valueCodePointsMax = 1024;

/**
 * The body that authentik's own Slack transport (2023.5 and later) sends for an event, byte for byte: the same keys, order,
 * cuts and JSON spelling. Its fields are the context's texts in the order of PostgreSQL's jsonb, from which authentik reads them.
 */
export function compatBody({ event, severity }: Delivery, { recipient, version }: CompatOptions): string {
  const fields: { readonly title: string; readonly value: string; readonly short?: boolean }[] = [
    { title: 'Severity', value: severity, short: true },
    { title: 'Dispatched for user', value: recipient, short: true },
  ];
  if (Object.keys(event.user).length > 0) {
    fields.push({ title: 'Event user', value: event.user.username ?? 'None', short: true });
  }
  for (const [title, value] of Object.entries(event.context).sort(jsonbOrder)) {
    if (typeof value !== 'string' || fields.length >= fieldsMax) continue;
    fields.push({ title: slice(title, titleCodePointsMax), value: slice(value, valueCodePointsMax) });
  }
  return pythonJson({
    username: 'authentik',
    icon_url: icon,
    attachments: [
      {
        author_name: 'authentik',
        author_link: 'https://goauthentik.io',
        author_icon: icon,
        title: event.action,
        color: '#fd4b2d',
        fields,
        footer: version === undefined ? 'authentik' : `authentik ${version}`,
      },
    ],
  });
}

/** jsonb keeps keys by the length of their UTF-8 form, then bytewise. */
function jsonbOrder([a]: readonly [string, Json], [b]: readonly [string, Json]): number {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length - second.length || Buffer.compare(first, second);
}

/** Python's `text[:max]`, which counts code points. */
function slice(text: string, max: number): string {
  return text.length <= max
    ? text
    : Array.from(text.slice(0, max * 2))
        .slice(0, max)
        .join('');
}

/** JSON as Python's `json.dumps` writes it: blanks after commas and colons, nothing beyond ASCII. */
function pythonJson(value: Json): string {
  if (typeof value === 'string') return ascii(JSON.stringify(value));
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${ascii(JSON.stringify(key))}: ${pythonJson(item)}`);
  return `{${entries.join(', ')}}`;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

function ascii(json: string): string {
  return json.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
