import type { Delivery } from '../core/delivery.ts';
import { InvariantError, unreachable } from '../core/errors.ts';
import { get, type Json } from '../core/json.ts';
import { textVariables } from '../expression/environment.ts';
import type { Scope } from '../expression/expression.ts';
import { compileTemplate } from '../expression/template.ts';
import type { JsonFormat } from '../render/formats/format.ts';
import { repairJson } from '../render/formats/json-text.ts';
import { pythonRepr } from '../render/python-repr.ts';
import { eventBytes, type FormatContext } from './format.ts';

export type Encoding = 'single' | 'ndjson' | 'array';

/** Who authentik's default body says the notification is for. */
export interface Recipient {
  readonly email?: string;
  readonly username?: string;
}

export interface BodyOptions {
  readonly encoding: Encoding;
  readonly body?: unknown;
  readonly format?: JsonFormat;
  readonly recipient?: Recipient;
}

/** What expressions see of a delivery; asked for only by those who have any. */
export type ScopeOf = (delivery: Delivery) => Scope;

/** Writes one delivery as JSON text, UTF-8, in pieces. */
export type WriteItem = (delivery: Delivery, scopeOf: ScopeOf) => readonly Uint8Array[];

/** The writer that the options ask for: their own `body`, one of the formats, or authentik's own body. */
export function itemWriter(options: BodyOptions, context: FormatContext): WriteItem {
  if (options.body !== undefined) return templateWriter(options.body);
  const format = options.format ?? (options.encoding === 'single' ? undefined : 'herald');
  return format === undefined
    ? (delivery) => [Buffer.from(repairJson(JSON.stringify(authentikBody(delivery, options.recipient))))]
    : (delivery) => eventBytes(format, delivery, context);
}

function templateWriter(body: unknown): WriteItem {
  const compiled = compileTemplate(body, textVariables);
  if (!compiled.ok) throw new InvariantError('a body that was not checked');
  return (delivery, scopeOf) => [Buffer.from(repairJson(JSON.stringify(compiled.render(scopeOf(delivery)))))];
}

/** The body that authentik's generic webhook sends without a mapping: the same keys in the same order. */
function authentikBody(
  { event, severity }: Delivery,
  recipient: Recipient | undefined,
): { readonly [key: string]: Json } {
  return {
    body: authentikSummary(event.action, event.context),
    severity,
    user_email: recipient?.email ?? null,
    user_username: recipient?.username ?? null,
    ...(Object.keys(event.user).length > 0 && {
      event_user_email: event.user.email ?? null,
      event_user_username: event.user.username ?? null,
    }),
  };
}

/** authentik's `Event.summary`, the text of its notifications. */
export function authentikSummary(action: string, context: Delivery['event']['context']): string {
  const message = get(context, 'message');
  if (typeof message === 'string') return message;
  return message === undefined ? `${action}: ${pythonRepr(context)}` : pythonRepr(message);
}

const newline = Buffer.from('\n');
const open = Buffer.from('[');
const comma = Buffer.from(',');
const close = Buffer.from(']');

/** Puts the items of one request together. */
export function encodeItems(items: readonly (readonly Uint8Array[])[], encoding: Encoding): Buffer {
  switch (encoding) {
    case 'single':
      return Buffer.concat(items[0] ?? []);
    case 'ndjson':
      return Buffer.concat(items.flatMap((item) => [...item, newline]));
    case 'array':
      return Buffer.concat([open, ...items.flatMap((item, at) => (at === 0 ? item : [comma, ...item])), close]);
    default:
      return unreachable(encoding);
  }
}
