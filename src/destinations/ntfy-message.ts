import type { Delivery } from '../core/delivery.ts';
import { cut, cutTo, fit } from '../render/cut.ts';
import type { Message } from '../render/message.ts';
import { plainText } from '../render/plain.ts';
import { batchId } from './batch-id.ts';

/** Older servers read no more than this of a request, newer ones of its message. */
const bodyBytesMax = 4096;
const titleCharsMax = 200;
const actionsMax = 3;

const priorities = { notice: 3, warning: 4, alert: 5 } as const;
const emoji = { notice: 'information_source', warning: 'warning', alert: 'rotating_light' } as const;

/** A message as ntfy publishes it as JSON. Without `markdown` it is plain text. */
export interface NtfyMessage {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: 3 | 4 | 5;
  readonly tags: readonly string[];
  readonly click?: string;
  readonly actions?: readonly { readonly action: 'view'; readonly label: string; readonly url: string }[];
  /** Servers that know it replace the notification of this id instead of showing another. */
  readonly sequence_id: string;
}

/** The body of the request, of at most 4,096 bytes: what has no room is cut off the end of the message. */
export function ntfyBody(message: Message, batch: readonly Delivery[], topic: string): string {
  const { title, severity, links } = message;
  const [first, ...others] = links;
  const actions = others.slice(0, actionsMax).map(({ label, url }) => ({ action: 'view', label, url }) as const);
  const rest = {
    topic,
    title: fit(title, titleCharsMax, plainText),
    priority: priorities[severity],
    tags: [emoji[severity], 'authentik'],
    sequence_id: batchId(batch).replaceAll('.', '-'),
  };
  const linked = { ...rest, ...(first !== undefined && { click: first.url }), ...(actions.length > 0 && { actions }) };
  // Links to long names may leave no room for words.
  const base = bytesOf({ ...linked, message: '' }) <= bodyBytesMax / 2 ? linked : rest;
  const room = bodyBytesMax - bytesOf({ ...base, message: '' });
  const text = cutTo(messageText(message), room, (part) => bytesOf(part) - 2);
  return JSON.stringify({ ...base, message: text } satisfies NtfyMessage);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function messageText({ summary, fields, severity, rule, time, eventId }: Message): string {
  const facts = fields.map(({ name, value }) => `${plainText(name)}: ${plainText(value)}`);
  const origin = [severity, `rule ${fit(rule, 200, plainText)}`, time, cut(eventId, 32)].join(' · ');
  return [plainText(summary), ...facts, origin].join('\n');
}
