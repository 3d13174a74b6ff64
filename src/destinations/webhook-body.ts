import type { Delivery } from '../core/delivery.ts';
import { InvariantError, unreachable } from '../core/errors.ts';
import { get, type Json } from '../core/json.ts';
import { textVariables } from '../expression/environment.ts';
import type { Scope } from '../expression/expression.ts';
import { compileTemplate } from '../expression/template.ts';
import type { JsonFormat } from '../render/formats/format.ts';
import { jsonText, repairJson } from '../render/formats/json-text.ts';
import { pythonRepr } from '../render/python-repr.ts';
import { eventPieces, type FormatContext } from './format.ts';
import { createItem, joinItems, writeItem, type Item } from './item.ts';

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

/** Writes one delivery as JSON text. */
export type ItemWriter = (delivery: Delivery, scopeOf: ScopeOf) => Item;

/** The writer that the options ask for: their own `body`, one of the formats, or authentik's own body. */
export function itemWriter(options: BodyOptions, context: FormatContext): ItemWriter {
  if (options.body !== undefined) return templateWriter(options.body);
  const format = options.format ?? (options.encoding === 'single' ? undefined : 'herald');
  return format === undefined
    ? (delivery) => createItem([jsonText(authentikBody(delivery, options.recipient))])
    : (delivery) => createItem(eventPieces(format, delivery, context));
}

function templateWriter(body: unknown): ItemWriter {
  const compiled = compileTemplate(body, textVariables);
  if (!compiled.ok) throw new InvariantError('a body that was not checked');
  return (delivery, scopeOf) => createItem([repairJson(JSON.stringify(compiled.render(scopeOf(delivery))))]);
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

/** Puts the items of one request together. */
export function encodeItems(items: readonly Item[], encoding: Encoding): Buffer {
  switch (encoding) {
    case 'single':
      return writeItem(joinItems(items.slice(0, 1)));
    case 'ndjson':
      return writeItem(joinItems(items, '', '\n', '\n'));
    case 'array':
      return writeItem(joinItems(items, '[', ',', ']'));
    default:
      return unreachable(encoding);
  }
}
