import type { SafeEvent } from '../core/event.ts';
import type { Severity } from '../core/delivery.ts';
import { formatDuration } from '../core/duration.ts';
import { describe } from './actions/index.ts';
import { list } from './cut.ts';
import { long, short, type Field } from './field.ts';
import { isoTime, type Message } from './message.ts';
import { gravest, severityColour } from './severity.ts';

/** One of the notifications that a digest stands for. */
export interface DigestItem {
  readonly event: SafeEvent;
  readonly rule: string;
  readonly severity: Severity;
}

const titlesMax = 8;

/**
 * One message for many notifications, for a service that asked to be sent fewer: how many, over what time, the commonest
 * titles with their counts, the gravest severity. `items` has at least one; its first gives the id and the link.
 */
export function renderDigest(
  items: readonly DigestItem[],
  context: { readonly authentikUrl?: string | undefined },
): Message {
  const times = items.map(({ event }) => event.at);
  const first = Math.min(...times);
  const last = Math.max(...times);
  const titles = counted(items.map(({ event }) => describe(event).title));
  const rules = counted(items.map(({ rule }) => rule));
  const severity = gravest(items.map((item) => item.severity));
  const more = titles.slice(titlesMax).reduce((sum, [, count]) => sum + count, 0);
  return {
    title: `${items.length} ${items.length === 1 ? 'notification' : 'notifications'}${last > first ? ` within ${formatDuration(last - first)}` : ''}: ${titles[0]?.[0] ?? ''}${titles.length > 1 ? ' and others' : ''}`,
    summary: `Sent as one message because the service asked for fewer. The first is of ${isoTime(first)}, the last of ${isoTime(last)}.`,
    severity,
    colour: severityColour(severity),
    at: last,
    time: isoTime(last),
    rule: list(
      rules.map(([rule]) => rule),
      120,
    ),
    fields: [
      ...titles.slice(0, titlesMax).flatMap(([title, count]) => long(`${count} ×`, title)),
      ...(more > 0 ? long('And', `${more} more of ${titles.length - titlesMax} other kinds`) : []),
      ...tally(
        'Users',
        items.map(({ event }) => event.user.username),
      ),
      ...tally(
        'Addresses',
        items.map(({ event }) => event.client_ip),
      ),
    ],
    links: context.authentikUrl === undefined ? [] : [eventLog(context.authentikUrl)],
    eventId: items[0]?.event.id ?? '',
  };
}

function eventLog(authentikUrl: string): { readonly label: string; readonly url: string } {
  return { label: 'Event log', url: `${authentikUrl.replace(/\/+$/, '')}/if/admin/#/events/log` };
}

/** The distinct texts with their counts, the commonest first, else in order of appearance. */
function counted(texts: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function tally(name: string, values: readonly (string | undefined)[]): readonly Field[] {
  const known = counted(values.filter((value) => value !== undefined).filter((value) => value !== ''));
  return short(
    name,
    list(
      known.map(([value, count]) => (count > 1 ? `${value} (${count})` : value)),
      200,
    ),
  );
}
